package script

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// MyHome is one of a person's households with where it belongs.
type MyHome struct {
	Home
	Place   Place
	Current bool
}

// MyVillage is a village, by its names alone, in which a person holds posts.
type MyVillage struct {
	village.Village
	TownshipName string
	Roles        []household.Role
}

// Me is who somebody is at the Mini Program.
type Me struct {
	Name     string
	Homes    []MyHome
	Villages []MyVillage
	// Helped are the households that the person has said yes to help, also those
	// whose year is over.
	Helped  []Helper
	Scale   int    // of letters, in hundredths
	Consent string // the version of the terms agreed to, "" for none
}

// Phone is what a colleague's phone still holds.
type Phone struct {
	Name   string
	Unsent int
	Since  time.Time // zero for none
	SeenAt time.Time
}

// Unsent sums up what phones hold: how many of them do, how many records, and
// since when the oldest, zero where that is not known.
func Unsent(all []Phone) (phones, records int, since time.Time) {
	for _, p := range all {
		if p.Unsent == 0 {
			continue
		}
		phones++
		records += p.Unsent
		if !p.Since.IsZero() && (since.IsZero() || p.Since.Before(since)) {
			since = p.Since
		}
	}
	return phones, records, since
}

// Holding words what a phone holds: for certain, or, where it is stale, when it
// was last heard of.
func Holding(p Phone, stale bool) string {
	d := calendar.DateOf(p.SeenAt)
	switch {
	case stale:
		return "最后联系" + day(d, d.Year) + "，当时还有" + digits(p.Unsent) + "条没发"
	case p.Unsent == 0:
		return "都发完了"
	}
	return "还有" + digits(p.Unsent) + "条没发"
}

// Answer is how a write was answered.
type Answer struct {
	Body   string // of the request, as a hash
	Status int
	Bytes  []byte
}

// What names a line, as a list of lines shows it.
func (l Line) What() string { return l.what() }

// Purse tells what can be redeemed now and until when, or from when.
func Purse(s Standing, now time.Time) string {
	if len(s.Accounts) == 0 {
		return "还没有积分账。"
	}
	return purse(s, now)
}

// AsOf names the sheet that a place is taken from.
func AsOf(q calendar.Quarter) string { return season(q, 0) + "公示" }

// WhyPlace says why there is no place yet, or why villages are not compared.
func WhyPlace(p *Placing) string {
	switch {
	case p == nil:
		return "还没上过公示榜，没有排名。"
	case p.Rank == 0:
		return "刚入户，这个季度不排名，下个季度起排。"
	}
	return "各村的评分项目不一样，只在本村排名。"
}

// Often says how often an item counts, and up to what.
func Often(i catalogue.Item) string { return often(i) }
