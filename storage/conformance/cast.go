package conformance

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
)

// The places of the cast: two villages of one township.
const (
	hongqi   village.ID = 1 // 红旗村
	qingshan village.ID = 2 // 青山村
)

// The households, in 红旗村 up to newHome, the others in 青山村.
const (
	leadersHome household.ID = iota + 1
	deputysHome
	zhaosHome
	qiansHome
	shopsHome
	wangsHome  // 王桂兰's
	widowsHome // 向婆婆's own
	sonsHome   // 向婆婆's son's, where she is a member too
	kinsHome   // kin to 赵小组
	newHome    // joined in August
	farHome    // in 青山村
	farLeaders // in 青山村
	bareHome   // in 青山村, without an account
)

// The persons.
const (
	leader household.PersonID = iota + 1
	deputy
	zhao // of the team
	qian // of the team
	shopkeeper
	officer // of the township
	wang
	widow // belongs to two households
	kinsman
	newcomer
	far       // of 青山村
	farLeader // of 青山村
	homeless  // bound to nothing
	latecomer // of the household without an account
	intruder  // whose current household is 王桂兰's, without belonging to it
)

func openid(p household.PersonID) string { return "o-" + string(rune('a'+p)) }

// The items of the catalogue.
const (
	cleanup = "HJ06" // 2 points a time, 5 a month: the third brings 1
	meeting = "CF01" // 1.5 points a time, no cap
	harvest = "SX06" // 30 points a time, no cap
	burning = "HJ16" // 20 points off a time
	praised = "BZ06" // 10 points, once for ever
	tidy    = "HJ01" // 5 points, once a month, seen at the door
	planted = "HJ09" // 3 points a time, 7 a quarter, with a picture before and one after
	dumping = "HJ14" // 3 points off a time, 5 a year, after a warning, with a picture
	feast   = "CF12" // 10 points off a time, after a warning, by the minutes
)

// items is what both villages adopted for a year.
func items() []catalogue.Item {
	return []catalogue.Item{
		{Code: cleanup, Category: "人居环境", Title: "参加清洁日", Value: 20, Unit: "time", Caps: catalogue.Caps{Month: 50}, Public: true},
		{Code: meeting, Category: "村风民俗", Title: "参加院坝会", Value: 15, Unit: "time", Public: true},
		{Code: harvest, Category: "善行公益", Title: "帮邻居收谷子", Value: 300, Unit: "time", Public: true},
		{Code: burning, Category: "人居环境", Title: "焚烧秸秆", Value: -200, Unit: "time", Public: true},
		{Code: praised, Category: "表彰奖励", Title: "评为清洁户", Value: 100, Unit: catalogue.Once, Public: true},
		{Code: tidy, Category: "人居环境", Title: "房前屋后干净", Value: 50, Unit: catalogue.ByMonth, Evidence: "visit", Public: true},
		{Code: planted, Category: "人居环境", Title: "院落植树", Value: 30, Unit: "time", Caps: catalogue.Caps{Quarter: 70}, Evidence: "before_after", Public: true},
		{Code: dumping, Category: "人居环境", Title: "乱倒垃圾", Value: -30, Unit: "time", Caps: catalogue.Caps{Year: 50}, Evidence: "photo", WarnFirst: true, Public: true},
		{Code: feast, Category: "村风民俗", Title: "大操大办", Value: -100, Unit: "time", Evidence: "minutes", WarnFirst: true, Public: true},
	}
}

// year is the year of the cast.
const year = 2026

var (
	q1 = calendar.Quarter{Year: year, N: 1}
	q2 = calendar.Quarter{Year: year, N: 2}
	q3 = calendar.Quarter{Year: year, N: 3}
	q4 = calendar.Quarter{Year: year, N: 4}
)

// on is noon of a day of the year.
func on(month time.Month, day int) time.Time { return noon(calendar.On(year, month, day)) }

func noon(d calendar.Date) time.Time { return d.Start().Add(12 * time.Hour) }

// villages are the cast before anything has happened to it but the base.
func villages() []sample.Village {
	place := village.Township{ID: 1, Name: "清溪镇", Office: "镇积分办 023-5588 0100"}
	red := sample.Village{
		Township: place,
		Village:  village.Village{ID: hongqi, Township: 1, Name: "红旗村", Desk: "村委会 023-5588 0101", Settings: village.Defaults()},
		Ties:     []sample.Tie{{A: zhaosHome, B: kinsHome, Relation: household.Sibling}},
		Posts: []household.Post{
			{Person: leader, Role: household.Leader, Village: hongqi},
			{Person: deputy, Role: household.Deputy, Village: hongqi},
			{Person: zhao, Role: household.TeamMember, Village: hongqi},
			{Person: qian, Role: household.TeamMember, Village: hongqi},
			{Person: shopkeeper, Role: household.Shopkeeper, Village: hongqi},
			{Person: officer, Role: household.Officer, Township: 1},
		},
	}
	green := sample.Village{
		Township: place,
		Village:  village.Village{ID: qingshan, Township: 1, Name: "青山村", Desk: "村委会 023-5588 0102", Settings: village.Defaults()},
		Posts:    []household.Post{{Person: farLeader, Role: household.Leader, Village: qingshan}},
	}
	green.Village.Settings.Board, green.Village.Settings.Signers = village.Full, 1
	for _, p := range []struct {
		home   household.ID
		number string
		person household.PersonID
		name   string
	}{
		{leadersHome, "HQ-0001", leader, "周书记"},
		{deputysHome, "HQ-0002", deputy, "吴组长"},
		{zhaosHome, "HQ-0003", zhao, "赵小组"},
		{qiansHome, "HQ-0004", qian, "钱小组"},
		{shopsHome, "HQ-0005", shopkeeper, "孙店主"},
		{wangsHome, "HQ-0006", wang, "王桂兰"},
		{widowsHome, "HQ-0007", widow, "向婆婆"},
		{sonsHome, "HQ-0008", 0, "向长安"},
		{kinsHome, "HQ-0009", kinsman, "赵表弟"},
		{newHome, "HQ-0010", newcomer, "幸新来"},
		{farHome, "QS-0001", far, "秦素芳"},
		{farLeaders, "QS-0002", farLeader, "郑书记"},
		{bareHome, "QS-0003", latecomer, "晚来人"},
	} {
		v := &red
		if p.home >= farHome {
			v = &green
		}
		settle(v, p.home, p.number, p.person, p.name)
	}
	red.Members = append(red.Members, household.Member{Household: sonsHome, Name: "向婆婆", Person: widow})
	red.Persons = append(red.Persons,
		household.Person{ID: officer, OpenID: openid(officer), Name: "张干事"},
		household.Person{ID: homeless, OpenID: openid(homeless), Name: "无户人"},
		household.Person{ID: intruder, OpenID: openid(intruder), Name: "外来人", Current: wangsHome},
	)
	openBooks(&red)
	openBooks(&green)
	return []sample.Village{red, green}
}

// cardKey is what the tokens of the cast's cards are made with.
var cardKey = []byte("the cards of the cast")

// settle adds a household with its head, who chats where person is not 0, and its account.
func settle(v *sample.Village, id household.ID, number string, person household.PersonID, name string) {
	joined := calendar.On(year-1, 3, 1)
	if id == newHome {
		joined = calendar.On(year, 8, 20)
	}
	v.Households = append(v.Households, household.Household{
		ID: id, Village: v.Village.ID, Number: number, Head: name, State: household.Active, Joined: joined,
	})
	v.Members = append(v.Members, household.Member{Household: id, Name: name, Person: person})
	if id != bareHome {
		v.Accounts = append(v.Accounts, ledger.Account{
			ID: ledger.AccountID(id), Household: id, Village: v.Village.ID, Year: year, State: ledger.Open,
		})
	}
	card, _ := household.NewCard(id, [5]byte{4: byte(id)}, cardKey)
	v.Cards = append(v.Cards, card)
	if person != 0 {
		v.Persons = append(v.Persons, household.Person{ID: person, OpenID: openid(person), Name: name, Current: id})
	}
}

// openBooks posts every household's base.
func openBooks(v *sample.Village) {
	v.Items = items()
	v.Head = ledger.Head{Village: v.Village.ID}
	for i, a := range v.Accounts {
		day := calendar.On(year, 1, 1)
		if a.Household == newHome {
			day = calendar.On(year, 8, 20)
		}
		posted, err := ledger.Post(v.Head, a, v.Progress, ledger.Start(day), noon(calendar.On(year, 1, 1)))
		if err != nil {
			panic(err)
		}
		v.Head, v.Accounts[i], v.Entries = posted.Head, posted.Account, append(v.Entries, posted.Entries...)
	}
}

// load puts the cast into the database.
func load(t testing.TB, s *storage.Store) {
	t.Helper()
	if err := s.Load(context.Background(), slices.Values(villages())); err != nil {
		t.Fatal(err)
	}
}
