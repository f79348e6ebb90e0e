package storage

import (
	"math/rand/v2"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// importLock is the advisory lock that one import holds on PostgreSQL. The ids
// of townships, villages and households come from nowhere else.
const importLock = 7266

// Register makes other imports wait, locks the chains of the villages that the
// roster names and returns what is there of them.
func (t *Tx) Register(r roster.Roster, year int) (roster.Known, error) {
	var k roster.Known
	if t.store.postgres {
		if err := t.db.Exec("SELECT pg_advisory_xact_lock(?)", importLock).Error; err != nil {
			return k, err
		}
	}
	for _, step := range []func(roster.Roster, *roster.Known) error{
		t.knownTownships,
		func(r roster.Roster, k *roster.Known) error { return t.knownVillages(r, k, year) },
		t.knownHouseholds, t.knownPosts, t.knownTies,
	} {
		if err := step(r, &k); err != nil {
			return k, err
		}
	}
	return k, nil
}

func (t *Tx) knownTownships(r roster.Roster, k *roster.Known) error {
	var names []string
	for _, v := range r.Villages {
		names = append(names, v.Township)
	}
	slices.Sort(names)
	return t.db.Model(&townshipRow{}).Where("name IN ?", slices.Compact(names)).Order("id").Find(&k.Townships).Error
}

// knownVillages locks them in the order of their ids, as every act that posts
// in several does.
func (t *Tx) knownVillages(r roster.Roster, k *roster.Known, year int) error {
	var rows []villageRow
	if err := t.locking().Where("township_id IN ?", idsOf(k.Townships, func(t village.Township) int64 { return int64(t.ID) })).
		Order("id").Find(&rows).Error; err != nil {
		return err
	}
	named := map[[2]string]bool{}
	for _, v := range r.Villages {
		named[[2]string{v.Township, v.Name}] = true
	}
	towns := map[village.TownshipID]string{}
	for _, t := range k.Townships {
		towns[t.ID] = t.Name
	}
	for _, row := range rows {
		if !named[[2]string{towns[row.TownshipID], row.Name}] {
			continue
		}
		var items int64
		if err := t.db.Model(&itemRow{}).Where("village_id = ? AND year = ?", row.ID, year).Count(&items).Error; err != nil {
			return err
		}
		k.Villages = append(k.Villages, roster.KnownVillage{Village: row.village(), Head: row.head(), Progress: row.progress(), Items: int(items)})
	}
	return nil
}

func idsOf[D any](in []D, id func(D) int64) []int64 { return each(in, id) }

func villageIDs(k *roster.Known) []int64 {
	return idsOf(k.Villages, func(v roster.KnownVillage) int64 { return int64(v.ID) })
}

func (t *Tx) knownHouseholds(_ roster.Roster, k *roster.Known) error {
	var homes []householdRow
	if err := t.db.Where("village_id IN ?", villageIDs(k)).Order("id").Find(&homes).Error; err != nil {
		return err
	}
	k.Households = each(homes, householdRow.household)
	var members []memberRow
	err := t.db.Joins("JOIN household h ON h.id = member.household_id").Where("h.village_id IN ?", villageIDs(k)).
		Order("member.id").Find(&members).Error
	k.Members = each(members, func(m memberRow) roster.KnownMember {
		return roster.KnownMember{ID: m.ID, Erased: m.Erased, Member: household.Member{Household: m.HouseholdID, Name: m.Name, Phone: m.Phone, Person: household.PersonID(m.PersonID)}}
	})
	return err
}

func (t *Tx) knownPosts(_ roster.Roster, k *roster.Known) error {
	var rows []struct {
		ID         int64
		PersonID   household.PersonID
		Role       household.Role
		VillageID  optional
		TownshipID optional
		Name       string
	}
	err := t.db.Table("post").Select("post.*, p.name").Joins("JOIN person p ON p.id = post.person_id").
		Where("post.village_id IN ? OR post.township_id IN ?", villageIDs(k), idsOf(k.Townships, func(t village.Township) int64 { return int64(t.ID) })).
		Order("post.id").Scan(&rows).Error
	for _, r := range rows {
		k.Posts = append(k.Posts, roster.KnownPost{
			ID: r.ID, Name: r.Name,
			Post: household.Post{Person: r.PersonID, Role: r.Role, Village: village.ID(r.VillageID), Township: village.TownshipID(r.TownshipID)},
		})
	}
	return err
}

func (t *Tx) knownTies(_ roster.Roster, k *roster.Known) error {
	return t.db.Model(&kinRow{}).Joins("JOIN household h ON h.id = kin.a").Where("h.village_id IN ?", villageIDs(k)).
		Order("kin.a, kin.b").Find(&k.Ties).Error
}

// Fresh returns ids that nobody else gets.
func (t *Tx) Fresh(w roster.Wanted) (ids roster.Ids, err error) {
	for _, one := range []struct {
		model    any
		n        int
		sequence bool // others add rows at the same time
		into     *[]int64
	}{
		{&townshipRow{}, w.Townships, false, &ids.Townships},
		{&villageRow{}, w.Villages, false, &ids.Villages},
		{&householdRow{}, w.Households, false, &ids.Households},
		{&personRow{}, w.Persons, true, &ids.Persons},
		{&accountRow{}, w.Accounts, true, &ids.Accounts},
	} {
		if one.n > 0 && err == nil {
			*one.into, err = t.fresh(one.model, one.n, one.sequence && t.store.postgres)
		}
	}
	return ids, err
}

func (t *Tx) fresh(model any, n int, sequence bool) ([]int64, error) {
	db := t.db.Model(model)
	if err := db.Statement.Parse(model); err != nil {
		return nil, err
	}
	var ids []int64
	if sequence {
		err := t.db.Raw("SELECT nextval(pg_get_serial_sequence(?, 'id')) FROM generate_series(1, ?)", db.Statement.Table, n).Scan(&ids).Error
		return ids, err
	}
	var last int64
	err := db.Select("COALESCE(MAX(id), 0)").Scan(&last).Error
	for i := range n {
		ids = append(ids, last+1+int64(i))
	}
	return ids, err
}

// asked is how many values one statement may look for.
const asked = 500

// CardsTaken returns those of the numbers that a card has already.
func (t *Tx) CardsTaken(numbers []string) (taken []string, err error) {
	for some := range slices.Chunk(numbers, asked) {
		var found []string
		if err := t.db.Model(&cardRow{}).Where("number IN ?", some).Pluck("number", &found).Error; err != nil {
			return nil, err
		}
		taken = append(taken, found...)
	}
	return taken, nil
}

// Settle writes what an import changes.
func (t *Tx) Settle(c roster.Changes, cards []household.Card) error {
	for _, step := range []func(roster.Changes) error{t.settlePlaces, t.settlePeople, t.settlePosts, t.settleBooks} {
		if err := step(c); err != nil {
			return err
		}
	}
	if err := insert(t.db, each(cards, newCardRow)); err != nil {
		return err
	}
	return t.redrawVillages(c)
}

func (t *Tx) settlePlaces(c roster.Changes) error {
	if err := insert(t.db, each(c.NewTownships, func(n village.Township) townshipRow { return townshipRow{ID: n.ID, Name: n.Name, Office: n.Office} })); err != nil {
		return err
	}
	for _, one := range c.Townships {
		if err := t.db.Model(&townshipRow{}).Where("id = ?", one.ID).Update("office", one.Office).Error; err != nil {
			return err
		}
	}
	for _, v := range c.NewVillages {
		if err := t.db.Create(&villageRow{
			ID: v.ID, TownshipID: v.Township, Name: v.Name, Desk: v.Desk, Board: v.Settings.Board, Signers: v.Settings.Signers,
			LateDays: v.Settings.LateDays, MendDays: v.Settings.MendDays, Sealed: -1, Published: -1, Version: rand.Int64N(1 << 53),
		}).Error; err != nil {
			return err
		}
	}
	for _, v := range c.Villages {
		if err := t.db.Model(&villageRow{}).Where("id = ?", v.ID).Updates(map[string]any{"desk": v.Desk, "board": v.Settings.Board}).Error; err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) settlePeople(c roster.Changes) error {
	if err := insert(t.db, each(c.Households, newHouseholdRow)); err != nil {
		return err
	}
	if err := upsert(t.db, each(c.Heads, newHouseholdRow), "head"); err != nil {
		return err
	}
	if err := insert(t.db, each(c.Persons, func(p household.Person) personRow {
		row := newPersonRow(p)
		row.Version = rand.Int64N(1 << 53)
		return row
	})); err != nil {
		return err
	}
	for _, p := range c.Names {
		if err := t.db.Model(&personRow{}).Where("id = ?", p.ID).Updates(map[string]any{"name": p.Name, "version": t.store.redraw()}).Error; err != nil {
			return err
		}
	}
	if err := insert(t.db, each(c.NewMembers, newMemberRow)); err != nil {
		return err
	}
	return upsert(t.db, each(c.Members, func(m roster.KnownMember) memberRow {
		row := newMemberRow(m.Member)
		row.ID = m.ID
		return row
	}), "name", "phone", "person_id")
}

// upsert changes columns of many rows at once, where one statement a row
// would take longer than a person waits.
func upsert[R any](db *gorm.DB, rows []R, columns ...string) error {
	return insert(db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns(columns),
	}), rows)
}

func (t *Tx) settlePosts(c roster.Changes) error {
	for _, p := range c.Ended {
		if err := t.leaveOffice(p.ID); err != nil {
			return err
		}
	}
	if err := insert(t.db, each(c.Posts, newPostRow)); err != nil {
		return err
	}
	return insert(t.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "a"}, {Name: "b"}}, DoUpdates: clause.AssignmentColumns([]string{"relation"}),
	}), each(c.Ties, func(k roster.KnownTie) kinRow { return kinRow(k) }))
}

// settleBooks writes the new accounts as they stand after their first
// entries, and these. The chain of a new village starts here, that of one that
// was there goes on.
func (t *Tx) settleBooks(c roster.Changes) error {
	if err := insert(t.db, each(c.Items, func(i roster.VillageItem) itemRow { return newItemRow(i.Village, i.Year, i.Item) })); err != nil {
		return err
	}
	if err := insert(t.db, each(c.Accounts, func(a ledger.Account) accountRow {
		row := newAccountRow(a)
		row.Version = rand.Int64N(1 << 53)
		return row
	})); err != nil {
		return err
	}
	if err := insert(t.db, each(c.Entries, newEntryRow)); err != nil {
		return err
	}
	for _, head := range c.Chains {
		if err := t.db.Model(&villageRow{}).Where("id = ?", head.Village).
			Updates(map[string]any{"head_seq": head.Seq, "head_hash": hash(head.Hash)}).Error; err != nil {
			return err
		}
	}
	return nil
}

// registered are the members of a household in the order of their ids. A person
// who holds a post by the workbook and has never come is not bound yet.
func (t *Tx) registered(h household.ID) (rows []memberRow, err error) {
	err = t.db.Select(`member.id, member.household_id, member.name, member.phone,
			CASE WHEN p.openid IS NULL AND p.mini_openid IS NULL THEN NULL ELSE member.person_id END AS person_id`).
		Joins("LEFT JOIN person p ON p.id = member.person_id").
		Where("member.household_id = ?", h).Order("member.id").Find(&rows).Error
	return rows, err
}

// leaveOffice ends a post, and on all phones the session of who held it.
func (t *Tx) leaveOffice(post int64) error {
	held := t.db.Model(&postRow{}).Select("person_id").Where("id = ?", post)
	if err := t.db.Where("person_id IN (?)", held).Delete(&sessionRow{}).Error; err != nil {
		return err
	}
	return t.db.Where("id = ?", post).Delete(&postRow{}).Error
}

// handOver gives the posts that waited on the register for a member to the
// person who turns out to be that one.
func (t *Tx) handOver(member int64, p household.PersonID) error {
	waiting := t.db.Model(&memberRow{}).Select("member.person_id").
		Joins("JOIN person w ON w.id = member.person_id AND w.openid IS NULL AND w.mini_openid IS NULL").Where("member.id = ?", member)
	return t.db.Model(&postRow{}).Where("person_id IN (?)", waiting).Update("person_id", p).Error
}

// redrawVillages lets no kept answer stay as it was where anything of the
// village has changed: all are asked by their village's version too.
func (t *Tx) redrawVillages(c roster.Changes) error {
	if touched := c.Touched(); len(touched) > 0 {
		if err := t.db.Model(&villageRow{}).Where("id IN ?", touched).Update("version", t.store.redraw()).Error; err != nil {
			return err
		}
	}
	if len(c.Townships) == 0 {
		return nil
	}
	return t.db.Model(&villageRow{}).Where("township_id IN ?", idsOf(c.Townships, func(t village.Township) int64 { return int64(t.ID) })).
		Update("version", t.store.redraw()).Error
}
