package storage

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type requestRow struct {
	ID          int64
	HouseholdID household.ID
	PersonID    household.PersonID
	MemberID    optional
	Name        string
	Card        string
	Direct      bool
	State       household.RequestState
	AskedAt     instant
	Decider     optional
	DecidedAt   instant
}

func (requestRow) TableName() string { return "bind_request" }

func newRequestRow(r household.Request) requestRow {
	return requestRow{
		ID: r.ID, HouseholdID: r.Household, PersonID: r.Person, MemberID: optional(r.Member), Name: r.Name, Card: r.Card, Direct: r.Direct, State: r.State,
		AskedAt: at(r.AskedAt), Decider: optional(r.Decider), DecidedAt: at(r.DecidedAt),
	}
}

func (r requestRow) request() household.Request {
	return household.Request{
		ID: r.ID, Household: r.HouseholdID, Person: r.PersonID, Member: int64(r.MemberID), Name: r.Name, Card: r.Card, Direct: r.Direct, State: r.State,
		AskedAt: r.AskedAt.Time, Decider: household.PersonID(r.Decider), DecidedAt: r.DecidedAt.Time,
	}
}

type newsRow struct {
	ID          int64
	PersonID    household.PersonID
	Kind        enrol.Kind
	HouseholdID household.ID
	RequestID   int64
}

func (newsRow) TableName() string { return "enrol_news" }

type tryRow struct {
	ID        int64
	Openid    string
	VillageID optional
	At        instant
}

func (tryRow) TableName() string { return "wrong_try" }

// Tries are a person's wrong tries since a moment, the oldest first.
func (t *Tx) Tries(openid string, since time.Time) ([]time.Time, error) {
	var rows []tryRow
	err := t.db.Where("openid = ? AND at >= ?", openid, at(since)).Order("at, id").Find(&rows).Error
	return each(rows, func(r tryRow) time.Time { return r.At.Time }), err
}

// AddTry notes a wrong try on a card of the village, 0 for none, and drops those
// that no rule asks for any more.
func (t *Tx) AddTry(openid string, v village.ID, now time.Time) error {
	if err := t.db.Where("at < ?", at(now.Add(-enrol.TriesKept))).Delete(&tryRow{}).Error; err != nil {
		return err
	}
	return t.db.Create(&tryRow{Openid: openid, VillageID: optional(v), At: at(now)}).Error
}

// TriesIn are how many wrong tries a village, or 0 for none, has had since a moment.
func (t *Tx) TriesIn(v village.ID, since time.Time) (int, error) {
	var n int64
	tries := t.db.Model(&tryRow{}).Where("at >= ?", at(since))
	if v == 0 {
		tries = tries.Where("village_id IS NULL")
	} else {
		tries = tries.Where("village_id = ?", v)
	}
	err := tries.Count(&n).Error
	return int(n), err
}

// Members are a household's register in the order of their ids.
func (t *Tx) Members(h household.ID) ([]household.Member, error) {
	rows, err := t.registered(h)
	return each(rows, func(r memberRow) household.Member {
		return household.Member{ID: r.ID, Household: r.HouseholdID, Name: r.Name, Phone: r.Phone, Person: household.PersonID(r.PersonID)}
	}), err
}

// whose is the column and the value that a key of login.Key stands for.
func whose(openid string) clause.Eq {
	if mini := login.MiniOf(openid); mini != "" {
		return clause.Eq{Column: "mini_openid", Value: mini}
	}
	return clause.Eq{Column: "openid", Value: openid}
}

// Known returns who comes under an openid or a login.Key, with their households,
// locking nothing; NotFound where nobody does.
func (t *Tx) Known(openid string) (household.Person, []household.ID, error) {
	var row personRow
	if err := t.db.Where(whose(openid)).Take(&row).Error; err != nil {
		return household.Person{}, nil, translate(err)
	}
	homes, err := t.homesOf(row.ID)
	person := row.person()
	person.OpenID = openid
	return person, homes, err
}

func (t *Tx) homesOf(p household.PersonID) (homes []household.ID, err error) {
	err = t.db.Model(&memberRow{}).Where("person_id = ?", p).Order("household_id").Pluck("household_id", &homes).Error
	return homes, err
}

// NewPerson makes somebody who chats and of whom nothing else is known yet.
func (t *Tx) NewPerson(openid string) (household.PersonID, error) {
	row := personRow{Openid: &openid}
	err := t.db.Create(&row).Error
	return row.ID, err
}

// LockPersons locks persons in the order of their ids.
func (t *Tx) LockPersons(ids []household.PersonID) error {
	var rows []personRow
	return t.locking().Where("id IN ?", ids).Order("id").Find(&rows).Error
}

// Bind makes a person the household's member and the household the current one.
// Who had their information deleted and comes back is a member as any other. Of
// who is bound in the chat a job finds out who that is at the Mini Program.
func (t *Tx) Bind(h household.ID, member int64, p household.PersonID, name string) error {
	if err := t.handOver(member, p); err != nil {
		return err
	}
	err := t.db.Model(&memberRow{}).Where("id = ?", member).Updates(map[string]any{"person_id": p, "erased": false}).Error
	if member == 0 {
		err = t.db.Create(&memberRow{HouseholdID: h, Name: name, PersonID: optional(p)}).Error
	}
	if err != nil {
		return err
	}
	err = t.db.Model(&personRow{}).Where("id = ?", p).
		Updates(map[string]any{"name": name, "current_household": h, "version": t.store.redraw()}).Error
	if err != nil {
		return err
	}
	return t.askUnion(p)
}

// Unbind takes a person from a household; another of theirs becomes the current one.
func (t *Tx) Unbind(h household.ID, p household.PersonID) error {
	if err := t.LockPersons([]household.PersonID{p}); err != nil {
		return err
	}
	if err := t.db.Model(&memberRow{}).Where("household_id = ? AND person_id = ?", h, p).Update("person_id", nil).Error; err != nil {
		return err
	}
	homes, err := t.homesOf(p)
	if err != nil {
		return err
	}
	var next optional
	if len(homes) > 0 {
		next = optional(homes[0])
	}
	left := t.db.Model(&personRow{}).Where("id = ?", p)
	if err := left.Update("version", t.store.redraw()).Error; err != nil {
		return err
	}
	return t.db.Model(&personRow{}).Where("id = ? AND current_household = ?", p, h).Update("current_household", next).Error
}

// forgotten is what lines call somebody who had their information deleted.
const forgotten = "已注销"

// aboutRequests are the news whose number is a request's.
var aboutRequests = []enrol.Kind{enrol.Asked, enrol.Approved, enrol.Refused, enrol.Joined}

// Forget leaves of a person a number without a name, and on the register, which
// is the household's, a member whose phone no import brings back. Keys of events hold the
// openid, so their outcomes go too.
func (t *Tx) Forget(p household.Person) error {
	if err := t.forgetMini(p); err != nil {
		return err
	}
	return done(
		t.db.Model(&memberRow{}).Where("person_id = ?", p.ID).Updates(map[string]any{"person_id": nil, "phone": "", "erased": true}),
		t.db.Where("person_id = ? OR kind IN ? AND request_id IN (?)", p.ID, aboutRequests, t.db.Model(&requestRow{}).Select("id").Where("person_id = ?", p.ID)).Delete(&newsRow{}),
		t.db.Where("person_id = ?", p.ID).Delete(&requestRow{}),
		t.db.Where("openid = ?", p.OpenID).Delete(&stepRow{}),
		t.db.Where("openid = ?", p.OpenID).Delete(&draftRow{}),
		t.db.Where("person_id = ?", p.ID).Delete(&choiceRow{}),
		t.db.Where("openid IN ? AND openid <> ''", []string{p.OpenID, p.MiniOpenID}).Delete(&reachRow{}),
		t.db.Where("openid IN ? AND openid <> ''", []string{p.OpenID, p.MiniOpenID}).Delete(&creditRow{}),
		t.db.Model(&pushRow{}).Where("person_id = ? AND state = ?", p.ID, notice.Waiting).Update("state", notice.Declined),
		t.db.Model(&helperRow{}).Where("person_id = ? AND state = ?", p.ID, household.HelperAccepted).Update("state", household.HelperEnded),
		t.db.Where("substr(key, 1, ?) = ?", len(p.OpenID)+1, p.OpenID+"|").Delete(&outcomeRow{}),
		t.db.Model(&personRow{}).Where("id = ?", p.ID).Updates(map[string]any{
			"openid": nil, "mini_openid": nil, "name": forgotten, "current_household": nil, "heard": "", "version": t.store.redraw(),
		}),
	)
}

// Request returns a request; NotFound where there is none.
func (t *Tx) Request(id int64) (household.Request, error) {
	var row requestRow
	err := t.db.Where("id = ?", id).Take(&row).Error
	return row.request(), translate(err)
}

// Requests are those that a person has made.
func (t *Tx) Requests(p household.PersonID) ([]household.Request, error) {
	var rows []requestRow
	err := t.db.Where("person_id = ?", p).Order("id").Find(&rows).Error
	return each(rows, requestRow.request), err
}

// KeepRequest keeps a request, a new one under a new id; of a person's drafts
// the newest only.
func (t *Tx) KeepRequest(r household.Request) (int64, error) {
	row := newRequestRow(r)
	if r.ID != 0 {
		return r.ID, t.db.Save(&row).Error
	}
	if err := t.db.Where("person_id = ? AND state = ?", r.Person, household.RequestDraft).Delete(&requestRow{}).Error; err != nil {
		return 0, err
	}
	err := t.db.Create(&row).Error
	return row.ID, err
}

func (r newsRow) news() enrol.News {
	return enrol.News{ID: r.ID, Kind: r.Kind, Household: r.HouseholdID, Request: r.RequestID}
}

// News are what a person has still to be told, the oldest first.
func (t *Tx) News(p household.PersonID) ([]enrol.News, error) {
	var rows []newsRow
	err := t.db.Where("person_id = ?", p).Order("id").Find(&rows).Error
	return each(rows, newsRow.news), err
}

// NewsOf are the news that ask to decide a request.
func (t *Tx) NewsOf(request int64) ([]enrol.News, error) {
	var rows []newsRow
	err := t.db.Where("request_id = ? AND kind = ?", request, enrol.Asked).Order("id").Find(&rows).Error
	return each(rows, newsRow.news), err
}

// AddNews leaves somebody something to be told and returns their openid.
func (t *Tx) AddNews(p household.PersonID, n enrol.News) (string, error) {
	var row personRow
	if err := t.locking().Where("id = ?", p).Take(&row).Error; err != nil {
		return "", translate(err)
	}
	if err := t.db.Create(&newsRow{PersonID: p, Kind: n.Kind, HouseholdID: n.Household, RequestID: n.Request}).Error; err != nil {
		return "", err
	}
	openid := ""
	if row.Openid != nil {
		openid = *row.Openid
	}
	return openid, t.redrawPersons(p)
}

func (t *Tx) redrawPersons(ids ...household.PersonID) error {
	return t.db.Model(&personRow{}).Where("id IN ?", ids).Update("version", t.store.redraw()).Error
}

// DropNews drops news.
func (t *Tx) DropNews(news []enrol.News) error {
	if len(news) == 0 {
		return nil
	}
	ids := each(news, func(n enrol.News) int64 { return n.ID })
	var people []household.PersonID
	if err := t.db.Model(&newsRow{}).Where("id IN ?", ids).Distinct().Pluck("person_id", &people).Error; err != nil {
		return err
	}
	if err := t.db.Where("id IN ?", ids).Delete(&newsRow{}).Error; err != nil {
		return err
	}
	if err := t.LockPersons(people); err != nil {
		return err
	}
	return t.redrawPersons(people...)
}

// Heard notes the message that was answered with somebody's news.
func (t *Tx) Heard(p household.PersonID, key string) error {
	return t.db.Model(&personRow{}).Where("id = ?", p).
		Updates(map[string]any{"heard": key, "version": t.store.redraw()}).Error
}

// Told drops what somebody was told at once.
func (s *Store) Told(ctx context.Context, n enrol.News) error {
	return s.inTx(ctx, func(t *Tx) error {
		var rows []newsRow
		err := t.db.Where("person_id = (?) AND kind = ? AND household_id = ? AND request_id = ?",
			t.db.Model(&personRow{}).Select("id").Where("openid = ?", n.OpenID), n.Kind, n.Household, n.Request).Find(&rows).Error
		if err != nil {
			return err
		}
		return t.DropNews(each(rows, newsRow.news))
	})
}

// Left are the news of a kind about one thing, for everybody whom they concern and
// who was not told yet.
func (s *Store) Left(ctx context.Context, k enrol.Kind, about int64) ([]enrol.News, error) {
	var rows []struct {
		Row    newsRow `gorm:"embedded"`
		Openid *string
	}
	err := s.read.WithContext(ctx).Table("enrol_news n").Select("n.*, p.openid").Joins("JOIN person p ON p.id = n.person_id").
		Where("n.kind = ? AND n.request_id = ?", k, about).Order("n.id").Scan(&rows).Error
	out := make([]enrol.News, 0, len(rows))
	for _, r := range rows {
		news := r.Row.news()
		if r.Openid != nil {
			news.OpenID = *r.Openid
		}
		out = append(out, news)
	}
	return out, err
}

// DropStep forgets a person's open question.
func (s *Store) DropStep(ctx context.Context, openid string) error {
	return s.write.WithContext(ctx).Where("openid = ?", openid).Delete(&stepRow{}).Error
}

// Talked tells whether a conversation with the openid ever began.
func (s *Store) Talked(ctx context.Context, openid string) (bool, error) {
	var n int64
	err := s.read.WithContext(ctx).Model(&stepRow{}).Where("openid = ?", openid).Count(&n).Error
	return n > 0, err
}

// asking is a request with the names that are shown of it.
type asking struct {
	ID        int64
	Name      string
	MemberID  optional
	Phone     string
	Twin      bool
	AskedAt   instant
	HomeID    household.ID
	Number    string
	Head      string
	VillageID village.ID
	Village   string
	Desk      string
	Board     village.Board
	Township  string
	Office    string
}

func (a asking) asking() script.Asking {
	return script.Asking{
		ID: a.ID, Name: a.Name, Phone: a.Phone, Twin: a.Twin, Home: script.Home{ID: a.HomeID, Number: a.Number, Head: a.Head},
		Place: script.Place{Village: a.VillageID, Name: a.Village, Desk: a.Desk, Board: a.Board, Township: a.Township, Office: a.Office},
	}
}

const homeColumns = "h.id AS home_id, h.number, h.head, v.id AS village_id, v.name AS village, v.desk, v.board, w.name AS township, w.office"

// Place names a household and where it belongs; NotFound where there is none.
func (s *Store) Place(ctx context.Context, h household.ID) (script.Home, script.Place, error) {
	var found []asking
	err := s.read.WithContext(ctx).Table("household h").Select(homeColumns).
		Joins("JOIN village v ON v.id = h.village_id").Joins("JOIN township w ON w.id = v.township_id").
		Where("h.id = ?", h).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = fault.Refuse(fault.NotFound)
	}
	if err != nil {
		return script.Home{}, script.Place{}, err
	}
	a := found[0].asking()
	return a.Home, a.Place, nil
}

// twin tells whether somebody else of the name is bound to the household already.
const twin = `EXISTS (SELECT 1 FROM member b
	WHERE b.household_id = r.household_id AND b.name = r.name AND b.person_id IS NOT NULL AND b.person_id <> r.person_id)`

func (s *Store) asked(ctx context.Context) *gorm.DB {
	return s.read.WithContext(ctx).Table("bind_request r").
		Select("r.id, r.name, r.member_id, r.asked_at, COALESCE(m.name, '') AS phone, " + twin + " AS twin, " + homeColumns).
		Joins("LEFT JOIN member m ON m.id = r.member_id").
		Joins("JOIN household h ON h.id = r.household_id").
		Joins("JOIN village v ON v.id = h.village_id").Joins("JOIN township w ON w.id = v.township_id")
}

// Asking is a request as those read it who decide it; NotFound where it is gone.
func (s *Store) Asking(ctx context.Context, id int64) (script.Asking, error) {
	var found []asking
	err := s.asked(ctx).Where("r.id = ?", id).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = fault.Refuse(fault.NotFound)
	}
	if err != nil {
		return script.Asking{}, err
	}
	return found[0].asking(), nil
}

// teamRoles may approve for any household of their village but for kin's.
var teamRoles = []household.Role{household.TeamMember, household.Deputy, household.Leader}

// Waiting are the requests that a person may decide at now, the oldest first:
// those for their own households, and as one of the team those of the village
// but for kin's and their own.
func (s *Store) Waiting(ctx context.Context, openid string, now time.Time) ([]script.Asking, error) {
	var found []asking
	db := s.read.WithContext(ctx)
	person := db.Table("person").Select("id").Where(whose(openid))
	own := db.Table("member").Select("household_id").Where("person_id = (?)", person)
	team := db.Table("post").Select("village_id").Where("person_id = (?) AND role IN ?", person, teamRoles)
	kin := db.Table("kin").Select("1").Where("a = r.household_id AND b IN (?) OR b = r.household_id AND a IN (?)", own, own)
	err := s.asked(ctx).
		Where("r.state = ? AND r.asked_at > ? AND r.person_id <> (?)", household.RequestWaiting, at(now.Add(-household.RequestLife)), person).
		Where("r.household_id IN (?) OR (h.village_id IN (?) AND NOT EXISTS (?))", own, team, kin).
		Order("r.asked_at, r.id").Scan(&found).Error
	return each(found, asking.asking), err
}

// Outside is what can be told to who belongs to no household: their newest
// request that waits, and the office of the township where there is one only.
func (s *Store) Outside(ctx context.Context, openid string, now time.Time) (script.Outsider, error) {
	var found []asking
	err := s.asked(ctx).Joins("JOIN person p ON p.id = r.person_id AND p.openid = ?", openid).
		Where("r.state = ? AND r.asked_at > ?", household.RequestWaiting, at(now.Add(-household.RequestLife))).
		Order("r.id DESC").Limit(1).Scan(&found).Error
	if err != nil {
		return script.Outsider{}, err
	}
	if len(found) > 0 {
		last := calendar.DateOf(found[0].AskedAt.Add(household.RequestLife))
		return script.Outsider{Request: found[0].ID, Until: last, Office: found[0].Office}, nil
	}
	var offices []string
	err = s.read.WithContext(ctx).Model(&townshipRow{}).Limit(2).Pluck("office", &offices).Error
	if len(offices) != 1 {
		return script.Outsider{}, err
	}
	return script.Outsider{Office: offices[0]}, err
}

// Bound are who is bound to the person's current household, in the order in
// which they stand on the register.
func (s *Store) Bound(ctx context.Context, openid string) ([]script.Bound, error) {
	o, err := s.own(ctx, openid)
	if err != nil || o.ID == 0 {
		return nil, err
	}
	var rows []memberRow
	err = s.read.WithContext(ctx).Where("household_id = ? AND person_id IS NOT NULL", o.ID).Order("id").Find(&rows).Error
	return each(rows, func(m memberRow) script.Bound {
		p := household.PersonID(m.PersonID)
		return script.Bound{Person: p, Name: m.Name, Self: p == o.Person}
	}), err
}
