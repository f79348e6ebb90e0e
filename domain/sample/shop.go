package sample

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// good is something on the shop's shelf, at its price in points.
type good struct {
	title string
	price points.Tenths
}

// shelf is the dearest first.
var shelf = []good{
	{"菜油1.8升", 260},
	{"大米5千克", 220},
	{"洗衣液2千克", 155},
	{"面条1千克", 72},
	{"洗衣粉1袋", 85},
	{"毛巾1条", 60},
	{"牙膏1支", 55},
	{"肥皂2块", 48},
	{"食盐2袋", 30},
}

// planWindow lets households come to the shop in the month behind a quarter,
// most of them once it is sealed. In January last year's account is spent,
// which is not in the sample.
func (y *year) planWindow(q calendar.Quarter, sealed calendar.Date) {
	if q.N == 4 {
		return
	}
	month := calendar.MonthOf(q.Next().First())
	for home := range y.homes {
		thrifty := y.homes[home].thrifty
		if home == endingHome || !thrifty && y.r.IntN(100) >= 55 {
			continue
		}
		day := 1 + y.r.IntN(month.Last().Day)
		if day <= sealed.Day && (thrifty || y.r.IntN(6) > 0) {
			day = sealed.Day + 1 + y.r.IntN(month.Last().Day-sealed.Day)
		}
		y.plan(calendar.On(month.Year, month.Month, day), 9+y.r.IntN(8), y.r.IntN(60), func(time.Time) { y.shop(home) })
	}
	for _, day := range []int{sealed.Day + 4, month.Last().Day} {
		y.plan(calendar.On(month.Year, month.Month, day), 17, 30, y.bringBack)
	}
}

// shop takes home one to three goods that the claim covers.
func (y *year) shop(home int) {
	by := y.handingOver(home)
	wanted := 1 + y.r.IntN(3)
	if y.homes[home].thrifty {
		wanted = 1
	}
	from := y.r.IntN(len(shelf))
	if y.homes[home].thrifty {
		from = len(shelf) - 3
	}
	for _, g := range shelf[from:] {
		if wanted == 0 {
			return
		}
		if y.buy(home, g, by) {
			wanted--
		}
	}
}

// buy hands one good over; false where the claim does not cover it.
func (y *year) buy(home int, g good, by ledger.By) bool {
	now := y.tick()
	purse := ledger.Purse{
		Account: y.v.Accounts[home], Progress: y.v.Progress, End: calendar.YearEndOf(y.c.Year, nil, nil),
	}
	drafts, err := ledger.Spend([]ledger.Purse{purse}, g.price, now, g.title, by)
	if fault.CodeOf(err) == fault.Insufficient {
		return false
	}
	must(err)
	y.post(home, drafts[0], now)
	return true
}

// handingOver names who serves and who agrees: the shopkeeper, but a
// colleague for the shopkeeper's own household and kin; a member, but a
// witness of the team for a household that does not chat.
func (y *year) handingOver(home int) ledger.By {
	serves := y.eligible(append([]household.Staff{y.staff.shopkeeper}, y.recorders...), home, nil)
	by := ledger.By{Recorder: serves.Person, Confirmer: y.speakers[home]}
	if by.Confirmer == 0 {
		by.Confirmer = y.colleague(home, serves.Person).Person
	}
	return by
}

// bringBack lets somebody return what was handed over in the last days.
func (y *year) bringBack(now time.Time) {
	today := calendar.DateOf(now)
	for i := len(y.v.Entries) - 1; i >= 0; i-- {
		e := y.v.Entries[i]
		if e.OccurredOn.DaysUntil(today) > ledger.ReturnDays && e.Kind == ledger.Redemption {
			return
		}
		if e.Kind != ledger.Redemption || e.OccurredOn == today || y.returned[e.Seq] {
			continue
		}
		home := y.homeOf(e)
		d, err := ledger.GiveBack(y.v.Accounts[home], e, 0, -e.Tenths, today, y.handingOver(home))
		must(err)
		y.returned[e.Seq] = true
		y.post(home, d, now)
		return
	}
}
