package storage

import (
	"context"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

type cardRow struct {
	Number      string
	HouseholdID household.ID
	TokenHash   hash
	State       household.CardState
	Generation  int
}

func (cardRow) TableName() string { return "card" }

func newCardRow(c household.Card) cardRow {
	return cardRow{Number: c.Number, HouseholdID: c.Household, TokenHash: hash(c.TokenHash), State: c.State, Generation: c.Generation}
}

func (r cardRow) card() household.Card {
	return household.Card{Household: r.HouseholdID, Number: r.Number, TokenHash: r.TokenHash, State: r.State, Generation: r.Generation}
}

// Card finds a card by its number, also a revoked one.
func (t *Tx) Card(number string) (household.Card, error) {
	var row cardRow
	err := t.db.Where("number = ?", number).Take(&row).Error
	return row.card(), translate(err)
}

// CardOf finds a card by its token's hash, also a revoked one.
func (t *Tx) CardOf(token [32]byte) (household.Card, error) {
	var row cardRow
	err := t.db.Where("token_hash = ?", hash(token)).Take(&row).Error
	return row.card(), translate(err)
}

// NewestCard is the household's card of the highest generation, revoked or not.
func (t *Tx) NewestCard(h household.ID) (household.Card, error) {
	var row cardRow
	err := t.db.Where("household_id = ?", h).Order("generation DESC, number").Take(&row).Error
	return row.card(), translate(err)
}

// AddCard keeps a new card.
func (t *Tx) AddCard(c household.Card) error {
	row := newCardRow(c)
	return t.db.Create(&row).Error
}

// RevokeCards lets none of a household's cards open anything any more.
func (t *Tx) RevokeCards(h household.ID) error {
	return t.db.Model(&cardRow{}).Where("household_id = ? AND state = ?", h, household.CardActive).
		Update("state", household.CardRevoked).Error
}

// CardVillages are all villages in the order of their townships, for who prints cards.
func (s *Store) CardVillages(ctx context.Context) ([]script.CardVillage, error) {
	var rows []struct {
		Row      villageRow `gorm:"embedded"`
		Township string
	}
	err := s.read.WithContext(ctx).Table("village v").Select("v.*, w.name AS township").
		Joins("JOIN township w ON w.id = v.township_id").Order("v.township_id, v.id").Scan(&rows).Error
	out := make([]script.CardVillage, len(rows))
	for i, r := range rows {
		out[i] = script.CardVillage{Village: r.Row.village(), Township: r.Township}
	}
	return out, err
}

// CardHomes are a village's households that keep an account, in the order of
// their numbers, each with its newest card.
func (s *Store) CardHomes(ctx context.Context, v village.ID) ([]script.CardHome, error) {
	var rows []struct {
		Row        cardRow `gorm:"embedded"`
		HomeNumber string
		Head       string
	}
	newest := s.read.Table("card n").Select("MAX(n.generation)").Where("n.household_id = h.id")
	err := s.read.WithContext(ctx).Table("household h").Select("c.*, h.number AS home_number, h.head").
		Joins("JOIN card c ON c.household_id = h.id AND c.generation = (?)", newest).
		Where("h.village_id = ? AND h.state = ?", v, household.Active).Order("h.number, c.number").Scan(&rows).Error
	out := make([]script.CardHome, len(rows))
	for i, r := range rows {
		out[i] = script.CardHome{Card: r.Row.card(), Home: script.Home{ID: r.Row.HouseholdID, Number: r.HomeNumber, Head: r.Head}}
	}
	return out, err
}
