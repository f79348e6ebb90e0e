package conformance

import (
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

func testNotFound(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	refused(t, fault.NotFound)(a.record(by(qian, now), 999, meeting))
	refused(t, fault.NotFound)(a.record(by(qian, now), wangsHome, "没有"))
	refused(t, fault.NotFound)(a.confirm(by(leader, now), 999))
	refused(t, fault.NotFound)(a.reject(by(leader, now), 999, "没有"))
	refused(t, fault.NotFound)(a.correct(by(leader, now), hongqi, 999, 10))
	refused(t, fault.NotFound)(a.correct(by(leader, now), 999, 1, 10))
	refused(t, fault.NotFound)(a.redeem(by(shopkeeper, now), 999, 10, wang))
	refused(t, fault.NotFound)(a.giveBack(by(shopkeeper, now), hongqi, 999, 10, wang))
	refused(t, fault.NotFound)(a.publish(by(leader, now), 999, q1, signed))
	refused(t, fault.NotFound)(a.seal(by(0, now), 999, q1))
	refused(t, fault.NotFound)(a.closeYear(by(0, now), 999, year))
	refused(t, fault.NotFound)(a.switchTo(by(0, now), 99, 1))
	a.sound(t)
}

func testRecord(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	facts := done(t)(a.record(by(qian, now), wangsHome, cleanup))
	if facts.Need != 20 || facts.Household != int64(wangsHome) || facts.ID == 0 {
		t.Errorf("%+v; want 2 points for 王桂兰's", facts)
	}
	done(t)(a.record(by(qian, now), wangsHome, cleanup))
	// The cap of 5 a month leaves 1, then nothing; June is a new month.
	if facts := done(t)(a.record(by(zhao, now), wangsHome, cleanup)); facts.Need != 10 {
		t.Errorf("the third brings %d tenths; want 10", facts.Need)
	}
	refused(t, fault.CapReached)(a.record(by(zhao, now), wangsHome, cleanup))
	done(t)(a.record(by(qian, on(6, 1)), wangsHome, cleanup))
	// Once for ever, also from one year to the next; a rejected one does not count.
	event := done(t)(a.record(by(qian, now), wangsHome, praised))
	refused(t, fault.CapReached)(a.record(by(zhao, now), wangsHome, praised))
	done(t)(a.reject(by(leader, now), event.ID, "没有评上"))
	done(t)(a.record(by(zhao, now), wangsHome, praised))

	refused(t, fault.Kin)(a.record(by(zhao, now), kinsHome, meeting))
	refused(t, fault.Kin)(a.record(by(qian, now), qiansHome, meeting))
	refused(t, fault.NotFound)(a.record(by(wang, now), widowsHome, meeting))
	refused(t, fault.Forbidden)(a.record(by(shopkeeper, now), widowsHome, meeting))
	refused(t, fault.NotFound)(a.record(by(qian, now), farHome, meeting))
	refused(t, fault.InFuture)(a.recordOn(by(qian, now), wangsHome, meeting, calendar.On(year, 5, 5)))
	refused(t, fault.TooOld)(a.recordOn(by(qian, now), wangsHome, meeting, calendar.On(year, 3, 4)))
	done(t)(a.recordOn(by(qian, now), wangsHome, meeting, calendar.On(year, 3, 5)))
}

func testAssess(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	event := done(t)(a.record(by(qian, now), wangsHome, meeting))
	refused(t, fault.Forbidden)(a.confirm(by(qian, now), event.ID))
	refused(t, fault.NotFound)(a.confirm(by(farLeader, now), event.ID))
	refused(t, fault.NotFound)(a.confirm(by(wang, now), event.ID))
	refused(t, fault.Forbidden)(a.confirm(by(shopkeeper, now), event.ID))
	if facts := refused(t, fault.Forbidden)(a.confirm(by(officer, now), event.ID)); facts.Note != record.LeftToVillage {
		t.Errorf("%+v; want the officer to leave it to the village", facts)
	}
	line := done(t)(a.confirm(by(deputy, now), event.ID))
	if line.Line != 2 || line.Seq != 11 {
		t.Errorf("%+v; want line 2, the village's 11th", line)
	}
	refused(t, fault.Conflict)(a.confirm(by(leader, now), event.ID))
	refused(t, fault.Conflict)(a.reject(by(leader, now), event.ID, "不对"))

	own := done(t)(a.record(by(leader, now), wangsHome, meeting))
	refused(t, fault.SamePerson)(a.confirm(by(leader, now), own.ID))
	refused(t, fault.Invalid)(a.reject(by(deputy, now), own.ID, ""))
	done(t)(a.reject(by(deputy, now), own.ID, "没有到场"))

	deputys := done(t)(a.record(by(qian, now), deputysHome, meeting))
	refused(t, fault.Kin)(a.confirm(by(deputy, now), deputys.ID))
	refused(t, fault.Forbidden)(a.confirm(by(officer, now), deputys.ID))
	done(t)(a.confirm(by(leader, now), deputys.ID))
	// The leader recorded it and the deputy is kin: nobody is left but the office.
	nobodys := done(t)(a.record(by(leader, now), deputysHome, meeting))
	refused(t, fault.SamePerson)(a.confirm(by(leader, now), nobodys.ID))
	refused(t, fault.Kin)(a.confirm(by(deputy, now), nobodys.ID))
	done(t)(a.confirm(by(officer, now), nobodys.ID))

	if got := a.account(t, wangsHome, year); got.Score != 1015 || got.Waiting[1] != 15 || got.Settled != 0 || got.Lines != 2 {
		t.Errorf("%+v; want 101.5, of which 1.5 waits", got)
	}
	a.sound(t)
}

func testCorrect(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	line := a.earn(t, wangsHome, burning, now)
	refused(t, fault.Forbidden)(a.correct(by(zhao, now), hongqi, line.Seq, 0))
	refused(t, fault.Invalid)(a.correct(by(leader, now), hongqi, line.Seq, -200))
	refused(t, fault.Invalid)(a.correct(by(leader, now), hongqi, 6, 0)) // a base
	facts := done(t)(a.correct(by(leader, now), hongqi, line.Seq, 0))
	if facts.Line != 3 || facts.Household != int64(wangsHome) {
		t.Errorf("%+v; want line 3 of 王桂兰's", facts)
	}
	refused(t, fault.Corrected)(a.correct(by(deputy, now), hongqi, line.Seq, -100))
	done(t)(a.correct(by(deputy, now), hongqi, facts.Seq, 100)) // the correction is corrected

	leaders := done(t)(a.record(by(leader, now), wangsHome, burning))
	recorded := done(t)(a.confirm(by(deputy, now), leaders.ID))
	refused(t, fault.SamePerson)(a.correct(by(leader, now), hongqi, recorded.Seq, 0))
	if got := a.account(t, wangsHome, year); got.Score != 1000-200+100-200 || got.Lines != 5 {
		t.Errorf("%+v; want 70 points on 5 lines", got)
	}
	a.sound(t)
}

func testRedeem(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	a.earn(t, shopsHome, harvest, on(2, 10))
	sealed := a.sealQuarter(t, q1)
	refused(t, fault.WindowClosed)(a.redeem(by(shopkeeper, on(3, 10)), wangsHome, 100, wang))
	facts := refused(t, fault.Insufficient)(a.redeem(by(shopkeeper, sealed), wangsHome, 301, wang))
	if facts.Claim != 300 || facts.Need != 301 {
		t.Errorf("%+v; want 30 of which 30.1 cannot be paid", facts)
	}
	bought := done(t)(a.redeem(by(shopkeeper, sealed), wangsHome, 155, wang))
	refused(t, fault.Insufficient)(a.redeem(by(shopkeeper, sealed), wangsHome, 146, wang))
	refused(t, fault.Forbidden)(a.redeem(by(wang, sealed), wangsHome, 10, wang))
	refused(t, fault.Kin)(a.redeem(by(shopkeeper, sealed), shopsHome, 10, shopkeeper))
	refused(t, fault.SamePerson)(a.redeem(by(zhao, sealed), wangsHome, 10, zhao))
	done(t)(a.redeem(by(zhao, sealed), shopsHome, 10, shopkeeper))

	refused(t, fault.Invalid)(a.giveBack(by(shopkeeper, sealed), hongqi, bought.Seq, 156, wang))
	done(t)(a.giveBack(by(shopkeeper, sealed), hongqi, bought.Seq, 100, wang))
	refused(t, fault.Invalid)(a.giveBack(by(shopkeeper, sealed), hongqi, bought.Seq, 56, wang))
	refused(t, fault.Kin)(a.giveBack(by(shopkeeper, sealed), hongqi, bought.Seq+1, 5, shopkeeper))
	refused(t, fault.TooLate)(a.giveBack(by(shopkeeper, sealed.AddDate(0, 0, 8)), hongqi, bought.Seq, 55, wang))
	if got := a.account(t, wangsHome, year); got.Score != 1300 || got.Settled != 300-155+100 {
		t.Errorf("%+v; want a score of 130 that redeeming leaves alone, and 24.5 left", got)
	}
	a.sound(t)
}

func testPublishAndSeal(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	a.earn(t, widowsHome, burning, on(2, 10))
	noSign := quarter.Signing{Minutes: "记录", Signers: []household.PersonID{leader, zhao, zhao}}
	refused(t, fault.TooEarly)(a.publish(by(leader, on(3, 31)), hongqi, q1, signed))
	refused(t, fault.Unsigned)(a.publish(by(leader, on(4, 1)), hongqi, q1, noSign))
	refused(t, fault.Forbidden)(a.publish(by(zhao, on(4, 1)), hongqi, q1, signed))
	refused(t, fault.NotFound)(a.publish(by(farLeader, on(4, 1)), hongqi, q1, signed))
	refused(t, fault.Conflict)(a.seal(by(0, on(4, 30)), hongqi, q1))
	code := done(t)(a.publish(by(leader, on(4, 1)), hongqi, q1, signed)).Note
	if len(code) != 9 {
		t.Errorf("%q; want a check code", code)
	}
	refused(t, fault.Conflict)(a.publish(by(leader, on(4, 2)), hongqi, q1, signed))
	refused(t, fault.TooEarly)(a.seal(by(0, on(4, 2)), hongqi, q1))
	if got := a.account(t, wangsHome, year); got.Waiting[0] != 300 || got.Settled != 0 {
		t.Errorf("%+v; want 30 that wait for the seal", got)
	}
	// What is recorded late now counts in the open quarter.
	late := done(t)(a.recordOn(by(qian, on(4, 2)), wangsHome, meeting, calendar.On(year, 3, 20)))
	done(t)(a.confirm(by(leader, on(4, 2)), late.ID))
	done(t)(a.seal(by(0, on(4, 20)), hongqi, q1))
	refused(t, fault.Conflict)(a.seal(by(0, on(4, 20)), hongqi, q1))
	if got := a.account(t, wangsHome, year); got.Waiting != [4]points.Tenths{0, 15} || got.Settled != 300 {
		t.Errorf("%+v; want 30 that have arrived and 1.5 that waits", got)
	}
	refused(t, fault.Blocked)(a.publish(by(leader, on(10, 8)), hongqi, q3, signed))
	if got := a.account(t, farHome, year); got.Waiting != [4]points.Tenths{} {
		t.Errorf("%+v; the other village has nothing to do with it", got)
	}
	a.sound(t)
}

// testFirstSheet: a village's first sheet carries what waits from before it,
// also from the year before.
func testFirstSheet(t *testing.T, database Database) {
	a := stage(t, database)
	db := raw(t, a.dsn)
	run(t, db, `INSERT INTO account SELECT id + 100, household_id, village_id, year - 1, 'open', 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, id
		FROM account WHERE village_id = 1`)
	run(t, db, `INSERT INTO item SELECT id + 100, village_id, year - 1, code, category, title, value, unit, cap_month, cap_quarter, cap_year,
		cap_ever, evidence, warn_first, public FROM item`)
	event := done(t)(a.recordOn(by(qian, on(1, 5)), wangsHome, harvest, calendar.On(year-1, 12, 20)))
	done(t)(a.confirm(by(leader, on(1, 5)), event.ID))
	a.earn(t, wangsHome, meeting, on(2, 10))
	if got := a.account(t, wangsHome, year-1); got.Waiting[3] != 300 || got.Settled != 0 {
		t.Errorf("%+v; want 30 that wait", got)
	}
	a.sealQuarter(t, q1)
	if got := a.account(t, wangsHome, year-1); got.Waiting[3] != 0 || got.Settled != 300 {
		t.Errorf("%+v; want the 30 to have arrived", got)
	}
	if got := a.account(t, wangsHome, year); got.Settled != 15 {
		t.Errorf("%+v; want 1.5 of the new year", got)
	}
	a.sound(t)
}

func testYearEnd(t *testing.T, database Database) {
	a := stage(t, database)
	a.earn(t, wangsHome, harvest, on(2, 10))
	punished := a.earn(t, widowsHome, burning, on(2, 10))
	for _, q := range []calendar.Quarter{q1, q2, q3} {
		a.sealQuarter(t, q)
	}
	refused(t, fault.TooEarly)(a.closeYear(by(0, on(12, 31)), hongqi, year))
	sealed := a.sealQuarter(t, q4)
	// January spends last year's account.
	done(t)(a.redeem(by(shopkeeper, sealed), wangsHome, 100, wang))
	refused(t, fault.TooEarly)(a.closeYear(by(0, sealed), hongqi, year))
	february := noon(calendar.On(year+1, 2, 1))
	if facts := done(t)(a.closeYear(by(0, february), hongqi, year)); facts.ID != 10 {
		t.Errorf("%d accounts closed; want 10", facts.ID)
	}
	if facts := done(t)(a.closeYear(by(0, february), hongqi, year)); facts.ID != 0 {
		t.Errorf("%d accounts closed again; want none", facts.ID)
	}
	for _, h := range []household.ID{wangsHome, widowsHome} {
		if got := a.account(t, h, year); got.State != ledger.Closed || got.Settled != 0 {
			t.Errorf("%+v; want it closed at 0", got)
		}
	}
	// What a decision gives afterwards first cancels the write-off of 20.
	done(t)(a.correct(by(leader, february), hongqi, punished.Seq, 50))
	got := a.account(t, widowsHome, year)
	if got.Settled != 50 || got.WrittenOff != 0 || got.Grace.IsZero() {
		t.Errorf("%+v; want 5 to spend until a grace is over", got)
	}
	refused(t, fault.WindowClosed)(a.redeem(by(shopkeeper, february), widowsHome, 10, widow))
	april := noon(calendar.On(year+1, 4, 10))
	done(t)(a.redeem(by(shopkeeper, april), widowsHome, 10, widow))
	if facts := done(t)(a.closeYear(by(0, got.Grace.Add(-time.Microsecond)), hongqi, year)); facts.ID != 0 {
		t.Errorf("%d accounts expired; want none before the grace is over", facts.ID)
	}
	if facts := done(t)(a.closeYear(by(0, got.Grace), hongqi, year)); facts.ID != 1 {
		t.Errorf("%d accounts expired; want 1", facts.ID)
	}
	a.sound(t)
}

func testSwitch(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	facts := done(t)(a.switchTo(by(widow, now), widow, 2))
	if facts.Household != int64(sonsHome) {
		t.Errorf("%+v; want her son's", facts)
	}
	refused(t, fault.NotFound)(a.switchTo(by(widow, now), widow, 3))
	refused(t, fault.NotFound)(a.switchTo(by(widow, now), widow, 0))
	refused(t, fault.NotFound)(a.switchTo(by(homeless, now), homeless, 1))
	refused(t, fault.NotFound)(a.switchTo(by(0, now), 99, 1))
	if got, _, err := a.Standing(ctx, openid(widow)); err != nil || got.Home.ID != sonsHome {
		t.Errorf("%+v, %v; want her son's", got.Home, err)
	}
}
