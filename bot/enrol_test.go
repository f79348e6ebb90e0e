package bot_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	rules "github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/govern"
	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	"github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// hamlet is a village on a real database, where binding is played: nobody is
// bound to 李建国家, 王桂兰 alone to hers, 周书记 leads, 吴会计 is of the team and kin
// to 李建国家, 孙会计 is of the team and kin to none.
type hamlet struct {
	*storage.Store
	dsn    string
	mu     sync.Mutex
	clock  time.Time
	pushed []string
	spoke  map[string]bool
	wrong  map[village.ID]int
}

// hamletCard is a household's card and the token in its code.
func hamletCard(h household.ID) (household.Card, string) {
	return household.NewCard(h, [5]byte{0: 7, 4: byte(h)}, nil)
}

const (
	wangs household.ID = iota + 1
	lis
	zhous
	wus
	suns
	gones
)

func hamletVillage() sample.Village {
	v := sample.Village{
		Township: village.Township{ID: 1, Name: "高阳镇", Office: "镇积分办 023-5550000"},
		Village:  village.Village{ID: 1, Township: 1, Name: "黄桥村", Desk: "黄桥村积分小组（孙会计 023-5550101）", Settings: village.Defaults()},
		Ties:     []sample.Tie{{A: lis, B: wus, Relation: household.Sibling}},
		Items:    []catalogue.Item{{Code: "HJ06", Category: "人居环境", Title: "参加清洁日", Value: 20, Unit: "time"}, {Code: "HJ20", Category: "人居环境", Title: "乱倒垃圾、乱堆柴草杂物", Value: -30, Unit: "time", WarnFirst: true}},
		Head:     ledger.Head{Village: 1},
	}
	person := household.PersonID(0)
	for _, h := range []struct {
		id      household.ID
		members []string // name, phone
		bound   string
		role    household.Role
	}{
		{wangs, []string{"王桂兰", "13800004001", "王小军", "13800004002", "王小丽", ""}, "o-wang", ""},
		{lis, []string{"李建国", "13800001234", "李秀英", ""}, "", ""},
		{zhous, []string{"周书记", "13800003001"}, "o-zhou", household.Leader},
		{wus, []string{"吴会计", "13800003002"}, "o-wu", household.TeamMember},
		{suns, []string{"孙会计", "13800003003"}, "o-sun", household.TeamMember},
		{gones, []string{"搬走的", "13800003004"}, "", ""},
	} {
		home := household.Household{ID: h.id, Village: 1, Number: fmt.Sprintf("HQ-%04d", h.id), Head: h.members[0], State: household.Active, Joined: calendar.On(2025, 3, 1)}
		if h.id == gones {
			home.State = household.Gone
		}
		v.Households = append(v.Households, home)
		for i := 0; i < len(h.members); i += 2 {
			m := household.Member{Household: h.id, Name: h.members[i], Phone: h.members[i+1]}
			if h.bound != "" && i == 0 {
				person++
				m.Person = person
				v.Persons = append(v.Persons, household.Person{ID: person, OpenID: h.bound, MiniOpenID: "m" + h.bound, Name: m.Name, Current: h.id})
			}
			v.Members = append(v.Members, m)
		}
		if h.role != "" {
			v.Posts = append(v.Posts, household.Post{Person: person, Role: h.role, Village: 1})
		}
		card, _ := hamletCard(h.id)
		v.Cards = append(v.Cards, card)
		v.Accounts = append(v.Accounts, ledger.Account{ID: ledger.AccountID(h.id), Household: h.id, Village: 1, Year: 2026, State: ledger.Open})
	}
	return v
}

func newHamlet(t testing.TB, database conformance.Database) *hamlet {
	t.Helper()
	dsn := database(t)
	s, err := storage.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Load(t.Context(), slices.Values([]sample.Village{hamletVillage()})); err != nil {
		t.Fatal(err)
	}
	return &hamlet{Store: s, dsn: dsn, clock: clock, spoke: map[string]bool{}, wrong: map[village.ID]int{}}
}

func (h *hamlet) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *hamlet) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.clock = h.clock.Add(d); d >= 48*time.Hour {
		clear(h.spoke) // nobody's window is open any more
	}
}

// Tell notes who was told what at once: who has spoken before.
func (h *hamlet) Tell(_ context.Context, openid, text string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.spoke[openid] {
		return false
	}
	h.pushed = append(h.pushed, openid+"："+text)
	return true
}

// desk is where people come to their household.
func (h *hamlet) desk() enrol.Desk {
	wrong := func(v village.ID, inHour int) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.wrong[v] = inHour
	}
	return enrol.Desk{Once: storage.As(h.Store, func(tx *storage.Tx) enrol.Register { return tx }), Wrong: wrong}
}

// bot is one more instance of the service.
func (h *hamlet) bot() *bot.Bot {
	return bot.New(bot.Ports{
		Read: storage.Keep(h.Store), Talk: h.Store, Records: h.Store, Teller: h, Now: h.now,
		Advance: ask.Advance{Once: storage.As(h.Store, func(tx *storage.Tx) ask.StepTx { return tx })},
		Switch:  enrol.Switch{Once: storage.As(h.Store, func(tx *storage.Tx) enrol.Tx { return tx })},
		Suggest: govern.Suggest{Once: storage.As(h.Store, func(tx *storage.Tx) govern.SuggestTx { return tx })},
		Choose:  tell.Choose{Once: storage.As(h.Store, func(tx *storage.Tx) tell.ChooseTx { return tx })},
		Helpers: govern.Helpers{Once: storage.As(h.Store, func(tx *storage.Tx) govern.HelperTx { return tx })},
		Enrol:   h.desk(), Deeds: h.deeds(), Disputes: h.disputes(),
	})
}

// deeds are told on the real database, with pictures that are only their words.
func (h *hamlet) deeds() bot.Deeds {
	once := storage.As(h.Store, func(tx *storage.Tx) record.Tx { return tx })
	return bot.Deeds{Declare: record.Declare{Once: once}, Mend: record.Mend{Once: once}, Read: h.Store, Gallery: h, Photos: h}
}

// disputes are filed on the real database.
func (h *hamlet) disputes() bot.Disputes {
	return bot.Disputes{File: object.File{Once: h.cases()}, Answers: object.Answers{Once: h.cases()}, Read: h.Store}
}

func (h *hamlet) cases() usecase.Once[object.CaseTx] {
	return storage.As(h.Store, func(tx *storage.Tx) object.CaseTx { return tx })
}

// Picture is what was sent under an id; "lost" is not there any more.
func (h *hamlet) Picture(_ context.Context, id string) ([]byte, error) {
	if id == "lost" {
		return nil, errAway
	}
	return []byte(id), nil
}

// Keep keeps a picture under its hash; "film" is none.
func (h *hamlet) Keep(ctx context.Context, cmd usecase.Command, v village.ID, r io.Reader) (script.Kept, error) {
	data, err := io.ReadAll(r)
	if string(data) == "film" {
		err = fault.Refuse(photo.BadFormat)
	}
	if err != nil {
		return script.Kept{}, err
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	act := keep.Photo{Once: storage.As(h.Store, func(tx *storage.Tx) keep.Tx { return tx })}
	_, err = act.Do(ctx, cmd, v, photo.Photo{Hash: hash, Original: sum, Width: 4, Height: 3})
	return script.Kept{Hash: hash}, err
}

// warn has 孙会计 warn a household, and tells its people at once.
func (h *hamlet) warn(t *testing.T, home household.ID, turn *turn) {
	t.Helper()
	u := record.Warn{Once: storage.As(h.Store, func(tx *storage.Tx) record.Tx { return tx })}
	cmd := usecase.Command{Key: rand.Text(), Actor: 4, Now: h.now()}
	out, err := u.Do(t.Context(), cmd, record.Fault{Village: 1, Target: record.Target{Household: home}, Item: "HJ20", Note: "门口的垃圾三天了"})
	if err != nil || out.Refused() {
		t.Fatalf("%+v, %v", out, err)
	}
	h.pushed = nil
	if err := h.bot().TellLeft(t.Context(), enrol.Warned, out.Facts.ID); err != nil {
		t.Fatal(err)
	}
	turn.Reply, turn.Pushed = []string{}, h.pushed
}

// filled writes cards into what a scene says: {card:2}, {token:2}, and {bare:2}
// for a number as people type it.
func filled(words string) string {
	for h := wangs; h <= gones; h++ {
		card, token := hamletCard(h)
		signs := strings.ToLower(strings.TrimPrefix(card.Number, "XF-"))
		words = strings.ReplaceAll(words, fmt.Sprintf("{bare:%d}", h), signs[:4]+" "+signs[4:])
		words = strings.NewReplacer(fmt.Sprintf("{card:%d}", h), card.Number, fmt.Sprintf("{token:%d}", h), token).Replace(words)
	}
	return words
}

// playHamlet answers the turns of a scene, every message by another instance.
func playHamlet(t *testing.T, s scene) scene {
	t.Helper()
	h := newHamlet(t, conformance.SQLite)
	s.Turns = slices.Clone(s.Turns)
	key := 0
	for i := range s.Turns {
		turn := &s.Turns[i]
		if turn.After != "" {
			wait, err := time.ParseDuration(turn.After)
			if err != nil {
				t.Fatal(err)
			}
			h.pass(wait)
		}
		if turn.Warn != 0 {
			h.warn(t, turn.Warn, turn)
			continue
		}
		if !turn.Again {
			key++
		}
		u := bot.Update{Key: fmt.Sprint(key), From: s.From, Kind: turn.Kind, Words: filled(turn.Say), EventKey: filled(turn.Menu), MediaID: turn.Media}
		if turn.From != "" {
			u.From = turn.From
		}
		if u.Kind == "" {
			u.Kind = bot.Text
		}
		h.play(t, s.Name, u, turn)
	}
	return s
}

func (h *hamlet) play(t *testing.T, name string, u bot.Update, turn *turn) {
	t.Helper()
	b := h.bot()
	intent, err := b.IntentOf(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	h.pushed, h.spoke[u.From] = nil, true
	reply, err := b.Respond(t.Context(), u)
	if err != nil {
		t.Fatalf("%s: %q: %v", name, u.Words, err)
	}
	for _, text := range append(h.pushed, reply.Text) {
		if !script.Fits(text) || len(text) > 2048 || (text == "") != (u.Kind == bot.Unfollow) {
			t.Errorf("%s: %q is answered %q", name, u.Words, text)
		}
	}
	if u.Kind == bot.Unfollow {
		intent = ""
	}
	turn.Intent, turn.Reply, turn.Pushed = intent, split(reply.Text), h.pushed
}

// TestEnrolment plays the scenes of enrol.json on a real database. With -update
// it writes what the bot answers now, to be read as a diff.
func TestEnrolment(t *testing.T) {
	t.Parallel()
	want := scenes(t, "testdata/enrol.json")
	got := make([]scene, len(want))
	for i, s := range want {
		got[i] = playHamlet(t, s)
		if diff := cmp.Diff(s, got[i]); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", s.Name, diff)
		}
	}
	if *update {
		rewrite(t, "testdata/enrol.json", got)
	}
}

// TestDecided: a household's people hear what became of what they declared and of
// a warning: at once where their window is open, else above the next answer.
func TestDecided(t *testing.T) {
	t.Parallel()
	h := newHamlet(t, conformance.SQLite)
	once, key := storage.As(h.Store, func(tx *storage.Tx) record.Tx { return tx }), 0
	by := func(who household.PersonID) usecase.Command {
		return usecase.Command{Key: rand.Text(), Actor: who, Now: h.now()}
	}
	done := func(out fault.Outcome, err error) int64 {
		t.Helper()
		if err != nil || out.Refused() {
			t.Fatalf("%+v, %v", out, err)
		}
		return out.Facts.ID
	}
	declared := func(words string) int64 {
		return done(record.Declare{Once: once}.Do(t.Context(), by(1), record.Deed{Household: wangs, Words: words, On: calendar.DateOf(h.now())}))
	}
	first := func() string {
		key++
		reply, err := h.bot().Respond(t.Context(), bot.Update{Key: fmt.Sprint(key), From: "o-wang", Kind: bot.Text, Words: "积分"})
		if err != nil {
			t.Fatal(err)
		}
		return split(reply.Text)[0]
	}
	told := func(k enrol.Kind, id int64, want string) {
		t.Helper()
		h.pushed = nil
		if err := h.bot().TellLeft(t.Context(), k, id); err != nil || !slices.Equal(h.pushed, []string{"o-wang：" + want}) {
			t.Errorf("told %q, %v; want %q", h.pushed, err, want)
		}
		if line := first(); line != "王桂兰家今年积分0分" {
			t.Errorf("told already, and again %q", line)
		}
	}
	closes := func(mended bool, after time.Duration) int64 {
		warned := done(record.Warn{Once: once}.Do(t.Context(), by(4), record.Fault{Village: 1, Target: record.Target{Household: wangs}, Item: "HJ20"}))
		first()
		h.pass(after)
		done(record.CloseWarning{Once: once}.Do(t.Context(), by(4), rules.WarningID(warned), mended, "去看了"))
		return warned
	}

	swept := declared("扫了整条街")
	done(record.TakeUp{Once: once}.Do(t.Context(), by(4), record.Taking{Declaration: rules.DeclarationID(swept), Item: "HJ06"}))
	if line, want := first(), "您家报的“扫了整条街”记下了，等组长确认后加分。看请回：明细"; line != want {
		t.Errorf("%q, want %q", line, want)
	}
	closes(true, 0)
	if line, want := first(), "提醒的“乱倒垃圾、乱堆柴草杂物”小组看过，改好了，不扣分。有疑问请问小组。"; line != want {
		t.Errorf("%q, want %q", line, want)
	}
	helped := declared("帮邻居收红薯")
	done(record.Decline{Once: once}.Do(t.Context(), by(4), rules.DeclarationID(helped), "邻居说没有这事"))
	if line, want := first(), "您家报的“帮邻居收红薯”没有采纳：邻居说没有这事。有疑问请问小组。"; line != want {
		t.Errorf("%q, want %q", line, want)
	}

	swept = declared("又扫了整条街")
	done(record.Decline{Once: once}.Do(t.Context(), by(4), rules.DeclarationID(swept), "每天扫街不另加分"))
	h.spoke["o-wang"] = true
	told(enrol.Declined, swept, "黄桥村王桂兰家（HQ-0001）报的“又扫了整条街”没有采纳，不加分。\n小组说：“每天扫街不另加分”\n不清楚，请问黄桥村积分小组（孙会计 023-5550101）")
	swept = declared("扫了桥")
	done(record.TakeUp{Once: once}.Do(t.Context(), by(4), record.Taking{Declaration: rules.DeclarationID(swept), Item: "HJ06"}))
	told(enrol.Taken, swept, "黄桥村王桂兰家（HQ-0001）报的“扫了桥”，小组核实了，记下了。\n组长确认以后加分。\n看每一条，请回：明细")
	warned := closes(false, 9*24*time.Hour)
	h.spoke["o-wang"] = true
	told(enrol.Closed, warned, "黄桥村王桂兰家（HQ-0001）收到的提醒“乱倒垃圾、乱堆柴草杂物”，小组看过，没有改好，记了扣分，等组长确认。\n小组说：“去看了”\n看每一条，请回：明细")
}
