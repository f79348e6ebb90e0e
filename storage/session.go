package storage

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type sessionRow struct {
	Hash        hash
	PersonID    household.PersonID
	MadeAt      instant
	ExpiresAt   instant
	SeenAt      instant
	Phone       string
	Unsent      int
	UnsentSince instant
}

func (sessionRow) TableName() string { return "session" }

type preferenceRow struct {
	PersonID  household.PersonID
	Scale     int
	Consent   string
	ConsentAt instant
}

func (preferenceRow) TableName() string { return "preference" }

type unionRow struct {
	PersonID household.PersonID
	UnionID  string
}

func (unionRow) TableName() string { return "person_union" }

type answerRow struct {
	Key    string
	Body   string
	Status int
	Bytes  []byte
	At     instant
}

func (answerRow) TableName() string { return "answer" }

// Of locks and returns a person; NotFound where there is none.
func (t *Tx) Of(p household.PersonID) (household.Person, error) {
	var row personRow
	err := t.locking().Where("id = ?", p).Take(&row).Error
	return row.person(), translate(err)
}

// ByMini locks and returns who an openid at the Mini Program belongs to.
func (t *Tx) ByMini(openid string) (household.Person, error) {
	var row personRow
	err := t.locking().Where("mini_openid = ?", openid).Take(&row).Error
	return row.person(), translate(err)
}

// ByUnion locks and returns who a unionid belongs to.
func (t *Tx) ByUnion(union string) (household.Person, error) {
	var row personRow
	err := t.locking().Where("id = (?)", t.db.Model(&unionRow{}).Select("person_id").Where("union_id = ?", union)).Take(&row).Error
	return row.person(), translate(err)
}

// NewMini makes a person of whom nothing else is known.
func (t *Tx) NewMini(openid string) (household.Person, error) {
	row := personRow{MiniOpenid: &openid}
	if err := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return household.Person{}, err
	}
	return t.ByMini(openid)
}

// SetUnion keeps a person's unionid, unless they have one or it is another's,
// and returns which one they have now, "" for none.
func (t *Tx) SetUnion(p household.PersonID, union string) (string, error) {
	if err := t.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&unionRow{PersonID: p, UnionID: union}).Error; err != nil {
		return "", err
	}
	var kept unionRow
	err := t.db.Where("person_id = ?", p).Limit(1).Find(&kept).Error
	return kept.UnionID, err
}

// apart are those who chat and are not known at the Mini Program, nor by a unionid.
const apart = `openid IS NOT NULL AND mini_openid IS NULL AND NOT EXISTS (SELECT 1 FROM person_union u WHERE u.person_id = person.id)`

// Apart are up to n of the people whom a job names who are bound in the chat and
// would be strangers at the Mini Program, in the order of their numbers.
func (s *Store) Apart(ctx context.Context, of login.Uniting, n int) ([]household.Person, error) {
	found := s.read.WithContext(ctx).Where("id >= ?", of.From).Where(apart).
		Where("EXISTS (SELECT 1 FROM member m WHERE m.person_id = person.id)")
	if of.To != 0 {
		found = found.Where("id <= ?", of.To)
	}
	var rows []personRow
	err := found.Order("id").Limit(n).Find(&rows).Error
	return each(rows, personRow.person), err
}

// AskUnions leaves a job that finds out people's unionids.
func (s *Store) AskUnions(ctx context.Context, of login.Uniting) error {
	return s.inTx(ctx, func(t *Tx) error { return t.Enqueue(login.UnionJob, of) })
}

// askUnion leaves a job that finds out a person's unionid, if that is worth knowing.
func (t *Tx) askUnion(p household.PersonID) error {
	var n int64
	if err := t.db.Model(&personRow{}).Where("id = ?", p).Where(apart).Count(&n).Error; err != nil || n == 0 {
		return err
	}
	return t.Enqueue(login.UnionJob, login.Uniting{From: p, To: p})
}

// Become lets an openid at the Mini Program, a unionid, the sessions and the
// choices of one person be those of another from now on.
func (t *Tx) Become(old, known household.PersonID) error {
	var row personRow
	if err := t.db.Where("id = ?", old).Take(&row).Error; err != nil {
		return translate(err)
	}
	err := done(
		t.db.Model(&personRow{}).Where("id = ?", old).Update("mini_openid", nil),
		t.db.Model(&personRow{}).Where("id = ?", known).Updates(map[string]any{"mini_openid": row.MiniOpenid, "version": t.store.redraw()}),
		t.db.Model(&sessionRow{}).Where("person_id = ?", old).Update("person_id", known),
	)
	if err != nil {
		return err
	}
	return t.inherit(old, known)
}

// inherit moves what there is one of for each person.
func (t *Tx) inherit(old, known household.PersonID) error {
	for _, table := range []any{&unionRow{}, &preferenceRow{}} {
		var n int64
		if err := t.db.Model(table).Where("person_id = ?", known).Count(&n).Error; err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if err := t.db.Model(table).Where("person_id = ?", old).Update("person_id", known).Error; err != nil {
			return err
		}
	}
	return nil
}

// AddPhone keeps a session, and drops those that are over and the answers that
// no phone waits for any more.
func (t *Tx) AddPhone(s login.Session) error {
	if err := t.db.Where("expires_at <= ?", at(s.MadeAt)).Delete(&sessionRow{}).Error; err != nil {
		return err
	}
	if err := t.db.Where("at < ?", at(s.MadeAt.Add(-answersKept))).Delete(&answerRow{}).Error; err != nil {
		return err
	}
	return t.db.Create(&sessionRow{
		Hash: hash(s.Hash), PersonID: s.Person, MadeAt: at(s.MadeAt), ExpiresAt: at(s.ExpiresAt), SeenAt: at(s.MadeAt),
	}).Error
}

// Registered are the members of active households who have the number on the
// register, at most two.
func (t *Tx) Registered(phone string) ([]household.Member, error) {
	if phone == "" {
		return nil, nil
	}
	var rows []memberRow
	err := t.db.Joins("JOIN household h ON h.id = member.household_id AND h.state = ?", household.Active).
		Where("member.phone = ?", phone).Order("member.id").Limit(2).Find(&rows).Error
	return each(rows, func(r memberRow) household.Member {
		return household.Member{ID: r.ID, Household: r.HouseholdID, Name: r.Name, Phone: r.Phone}
	}), err
}

// SetScale keeps the size of a person's letters, in hundredths.
func (t *Tx) SetScale(p household.PersonID, scale int) error {
	return t.prefer(preferenceRow{PersonID: p, Scale: scale}, "scale")
}

// Agree keeps to which privacy terms a person agreed.
func (t *Tx) Agree(p household.PersonID, version string, now time.Time) error {
	return t.prefer(preferenceRow{PersonID: p, Scale: login.LeastScale, Consent: version, ConsentAt: at(now)}, "consent", "consent_at")
}

func (t *Tx) prefer(row preferenceRow, columns ...string) error {
	return t.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "person_id"}}, DoUpdates: clause.AssignmentColumns(columns),
	}).Create(&row).Error
}

// PhoneSession returns the session under a token's hash with who holds it; NotFound
// where there is none at now.
func (s *Store) PhoneSession(ctx context.Context, token [32]byte, now time.Time) (login.Held, error) {
	var row sessionRow
	db := s.read.WithContext(ctx)
	if err := db.Where("hash = ? AND expires_at > ?", hash(token), at(now)).Take(&row).Error; err != nil {
		return login.Held{}, translate(err)
	}
	held := login.Held{
		Session: login.Session{Hash: token, Person: row.PersonID, MadeAt: row.MadeAt.Time, ExpiresAt: row.ExpiresAt.Time},
		Phone:   row.Phone, Unsent: login.Unsent{Count: row.Unsent, Since: row.UnsentSince.Time}, SeenAt: row.SeenAt.Time,
	}
	var person personRow
	if err := db.Where("id = ?", row.PersonID).Take(&person).Error; err != nil {
		return login.Held{}, translate(err)
	}
	held.Person = person.person()
	var err error
	held.Staff, err = s.reading(ctx).Staff(row.PersonID)
	return held, err
}

// SeenPhone notes that a phone called, and what it says that it still holds. What
// earlier sessions of the same person on the same phone said is over with it.
func (s *Store) SeenPhone(ctx context.Context, token [32]byte, phone string, u login.Unsent, now time.Time) error {
	return s.inTx(ctx, func(t *Tx) error {
		err := t.db.Model(&sessionRow{}).Where("hash = ?", hash(token)).
			Updates(map[string]any{"seen_at": at(now), "phone": phone, "unsent": u.Count, "unsent_since": at(u.Since)}).Error
		if err != nil || phone == "" {
			return err
		}
		return t.db.Model(&sessionRow{}).
			Where("hash <> ? AND phone = ? AND unsent > 0", hash(token), phone).
			Where("person_id = (SELECT person_id FROM session WHERE hash = ?)", hash(token)).
			Updates(map[string]any{"unsent": 0, "unsent_since": nil}).Error
	})
}

// EndPhone ends a session; one that is over stays so.
func (s *Store) EndPhone(ctx context.Context, token [32]byte) error {
	return s.write.WithContext(ctx).Where("hash = ?", hash(token)).Delete(&sessionRow{}).Error
}

// answersKept is for how long a phone that was never told may ask again.
const answersKept = 90 * 24 * time.Hour

// Answered is how a write under a key was answered; NotFound where it was not.
func (s *Store) Answered(ctx context.Context, key string) (script.Answer, error) {
	var row answerRow
	err := s.read.WithContext(ctx).Where("key = ?", key).Take(&row).Error
	return script.Answer{Body: row.Body, Status: row.Status, Bytes: row.Bytes}, translate(err)
}

// KeepAnswer keeps how a write was answered and returns what is kept: the
// answer of who was first.
func (s *Store) KeepAnswer(ctx context.Context, key string, a script.Answer, now time.Time) (script.Answer, error) {
	row := answerRow{Key: key, Body: a.Body, Status: a.Status, Bytes: a.Bytes, At: at(now)}
	db := s.write.WithContext(ctx)
	done := db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if done.Error != nil || done.RowsAffected == 1 {
		return a, done.Error
	}
	var kept answerRow
	err := db.Where("key = ?", key).Take(&kept).Error
	return script.Answer{Body: kept.Body, Status: kept.Status, Bytes: kept.Bytes}, err
}

// Me is who a person is at the Mini Program; NotFound where there is nobody.
func (s *Store) Me(ctx context.Context, p household.PersonID) (script.Me, error) {
	db := s.read.WithContext(ctx)
	var row personRow
	if err := db.Where("id = ?", p).Take(&row).Error; err != nil {
		return script.Me{}, translate(err)
	}
	me := script.Me{Name: row.Name, Scale: login.LeastScale}
	var err error
	if me.Homes, err = s.myHomes(ctx, row); err != nil {
		return me, err
	}
	if me.Villages, err = s.myVillages(ctx, p); err != nil {
		return me, err
	}
	if me.Helped, err = s.helpedBy(ctx, p); err != nil {
		return me, err
	}
	var chosen preferenceRow
	found := db.Where("person_id = ?", p).Limit(1).Find(&chosen)
	if found.RowsAffected > 0 {
		me.Scale, me.Consent = chosen.Scale, chosen.Consent
	}
	return me, found.Error
}

func (s *Store) myHomes(ctx context.Context, p personRow) ([]script.MyHome, error) {
	var found []asking
	err := s.read.WithContext(ctx).Table("member m").Select(homeColumns).
		Joins("JOIN household h ON h.id = m.household_id").
		Joins("JOIN village v ON v.id = h.village_id").Joins("JOIN township w ON w.id = v.township_id").
		Where("m.person_id = ?", p.ID).Order("h.number, h.id").Scan(&found).Error
	return each(found, func(a asking) script.MyHome {
		placed := a.asking()
		return script.MyHome{Home: placed.Home, Place: placed.Place, Current: int64(placed.Home.ID) == int64(p.CurrentHousehold)}
	}), err
}

// myVillages are those in which a person holds posts, a township's in all of
// its villages.
func (s *Store) myVillages(ctx context.Context, p household.PersonID) ([]script.MyVillage, error) {
	var found []struct {
		ID         village.ID
		TownshipID village.TownshipID
		Name       string
		Township   string
		Role       household.Role
	}
	err := s.read.WithContext(ctx).Table("post").Select("v.id, v.township_id, v.name, w.name AS township, post.role").
		Joins("JOIN village v ON v.id = post.village_id OR v.township_id = post.township_id").
		Joins("JOIN township w ON w.id = v.township_id").
		Where("post.person_id = ?", p).Order("v.id, post.id").Scan(&found).Error
	var out []script.MyVillage
	for _, f := range found {
		if n := len(out); n > 0 && out[n-1].ID == f.ID {
			out[n-1].Roles = append(out[n-1].Roles, f.Role)
			continue
		}
		place := village.Village{ID: f.ID, Township: f.TownshipID, Name: f.Name}
		out = append(out, script.MyVillage{Village: place, TownshipName: f.Township, Roles: []household.Role{f.Role}})
	}
	return out, err
}

// VillageOf returns a village; NotFound where there is none.
func (s *Store) VillageOf(ctx context.Context, v village.ID) (village.Village, error) {
	return s.reading(ctx).Village(v)
}

// HouseholdOf returns a household; NotFound where there is none.
func (s *Store) HouseholdOf(ctx context.Context, h household.ID) (household.Household, error) {
	return s.reading(ctx).Household(h)
}

// Phones are what the phones of a village's team still hold, the most first:
// all that hold something, and of who has none of these the one that called last.
func (s *Store) Phones(ctx context.Context, v village.ID, now time.Time) ([]script.Phone, error) {
	var found []struct {
		ID          household.PersonID
		Name        string
		Unsent      int
		UnsentSince instant
		SeenAt      instant
	}
	err := s.read.WithContext(ctx).Table("session s").Select("p.id, p.name, s.unsent, s.unsent_since, s.seen_at").
		Joins("JOIN person p ON p.id = s.person_id").
		Where("s.expires_at > ? AND p.id IN (SELECT person_id FROM post WHERE village_id = ? AND role IN ?)", at(now), v, teamRoles).
		Order("s.unsent DESC, s.seen_at DESC").Scan(&found).Error
	var out []script.Phone
	shown := map[household.PersonID]bool{}
	for _, f := range found {
		if f.Unsent > 0 || !shown[f.ID] {
			out = append(out, script.Phone{Name: f.Name, Unsent: f.Unsent, Since: f.UnsentSince.Time, SeenAt: f.SeenAt.Time})
		}
		shown[f.ID] = true
	}
	return out, err
}

// forgetMini drops what is kept of a person as one of the Mini Program.
func (t *Tx) forgetMini(p household.Person) error {
	err := done(
		t.db.Where("person_id = ?", p.ID).Delete(&sessionRow{}),
		t.db.Where("person_id = ?", p.ID).Delete(&preferenceRow{}),
		t.db.Where("person_id = ?", p.ID).Delete(&unionRow{}),
	)
	if err != nil || p.MiniOpenID == "" {
		return err
	}
	key := login.MiniKey(p.MiniOpenID)
	return done(
		t.db.Where("substr(key, 1, ?) = ?", len(key)+1, key+"|").Delete(&outcomeRow{}),
		t.db.Where("substr(key, 1, ?) = ?", len(key)+1, key+"|").Delete(&answerRow{}),
		t.db.Where("openid = ?", key).Delete(&stepRow{}),
	)
}
