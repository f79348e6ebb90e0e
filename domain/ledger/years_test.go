package ledger_test

import (
	"errors"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
)

// The years below are worked out by hand from PRODUCT 2.3 to 2.11: every
// number stands there as it was reckoned, with its sum behind it.

func TestPlainYear(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.stands("王家 2026", "score 100, claim 0, held 0, redeemable 0") // base is in neither
	b.on("2026-02-12")
	b.event("王家", "2026-02-11", "5")
	b.on("2026-03-09")
	b.event("王家", "2026-03-08", "3")
	b.stands("王家 2026", "score 108, claim 0, held 0, redeemable 0") // 100 + 5 + 3; nothing is sealed
	b.on("2026-04-01")
	b.cannotBuy(fault.Insufficient, "0.1", "王家 2026")
	b.on("2026-04-03")
	b.publish("2026Q1")
	b.stands("王家 2026", "score 108, claim 0, held 0, redeemable 0") // a quarter that adds holds nothing
	b.on("2026-04-10")
	b.seal()
	b.stands("王家 2026", "score 108, claim 8, held 0, redeemable 8") // 5 + 3
	b.on("2026-04-15")
	b.cannotBuy(fault.Insufficient, "8.1", "王家 2026")
	b.buys("6.5", "王家 2026")
	b.stands("王家 2026", "score 108, claim 1.5, held 0, redeemable 1.5") // 8 - 6.5

	b.on("2026-05-21")
	b.event("王家", "2026-05-20", "-3")
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026")
	b.on("2026-06-02")
	b.event("王家", "2026-06-01", "12")
	b.stands("王家 2026", "score 117, claim 1.5, held 0, redeemable 1.5") // 108 - 3 + 12
	b.on("2026-07-03")
	b.publish("2026Q2")
	b.stands("王家 2026", "score 117, claim 1.5, held 0, redeemable 1.5") // -3 + 12 adds, so nothing is held
	b.on("2026-07-10")
	b.seal()
	b.stands("王家 2026", "score 117, claim 10.5, held 0, redeemable 10.5") // 1.5 - 3 + 12
	b.on("2026-07-20")
	b.buys("10", "王家 2026")
	b.stands("王家 2026", "score 117, claim 0.5, held 0, redeemable 0.5")

	b.on("2026-08-10")
	b.event("王家", "2026-08-10", "4.5")
	b.on("2026-10-12")
	b.publish("2026Q3")
	b.on("2026-10-19")
	b.seal()
	b.stands("王家 2026", "score 121.5, claim 5, held 0, redeemable 5") // 117 + 4.5; 0.5 + 4.5
	b.on("2026-10-20")
	b.buys("5", "王家 2026")
	b.on("2026-11-24")
	b.event("王家", "2026-11-24", "6")
	b.stands("王家 2026", "score 127.5, claim 0, held 0, redeemable 0")

	b.on("2027-01-01")
	b.start("王家")
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026", "王家 2027") // before the fourth quarter is published
	b.on("2027-01-06")
	b.publish("2026Q4")
	b.cannotBuy(fault.Insufficient, "1", "王家 2026", "王家 2027") // the window is open, the claim is 0
	b.on("2027-01-13")
	b.seal()
	b.stands("王家 2026", "score 127.5, claim 6, held 0, redeemable 6")
	b.on("2027-01-20")
	b.buys("2", "王家 2026", "王家 2027")
	b.on("2027-01-31")
	b.refused(b.close("王家 2026"), fault.TooEarly)
	b.stands("王家 2026", "score 127.5, claim 4, held 0, redeemable 4")
	b.on("2027-02-01")
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026")
	must(b, 0, b.close("王家 2026"))
	b.stands("王家 2026", "score 127.5, claim 0, held 0, redeemable 0") // the lapse moves no score
	b.stands("王家 2027", "score 100, claim 0, held 0, redeemable 0")   // 次年重新积分
	b.lines("王家 2026", 1,
		"1 base +100", "2 event +5", "3 event +3", "4 redemption -6.5", "5 event -3", "6 event +12", "7 redemption -10",
		"8 event +4.5", "9 redemption -5", "10 event +6", "11 redemption -2", "12 lapse -4")
	b.refused(b.close("王家 2026"), fault.AccountClosed)
}

func TestDeductionPublishedBetweenTwoPurchases(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	for _, home := range []string{"王家", "李家", "赵家"} {
		b.start(home)
	}
	b.on("2026-02-11")
	for _, home := range b.homes {
		b.event(home, "2026-02-11", "20")
	}
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.on("2026-05-20")
	b.event("王家", "2026-05-20", "-8")
	b.event("李家", "2026-05-20", "-8")
	plus := b.event("赵家", "2026-05-20", "10")
	b.event("赵家", "2026-05-21", "-4")

	b.on("2026-07-01")
	b.buys("5", "王家 2026")
	b.buys("15", "李家 2026")
	b.stands("王家 2026", "score 112, claim 15, held 0, redeemable 15") // an open quarter's deduction does not bite yet
	b.stands("李家 2026", "score 112, claim 5, held 0, redeemable 5")

	b.on("2026-07-03")
	b.publish("2026Q2")
	b.stands("王家 2026", "score 112, claim 15, held 8, redeemable 7")  // 15 - 8
	b.stands("李家 2026", "score 112, claim 5, held 8, redeemable 0")   // max(0, 5 - 8)
	b.stands("赵家 2026", "score 126, claim 20, held 0, redeemable 20") // 10 - 4 adds in sum
	_, err := b.tries("7.5", "王家 2026")
	b.refused(err, fault.Insufficient)
	var no *fault.Refusal
	if !errors.As(err, &no) || no.Facts.Need != 75 || no.Facts.Claim != 150 || no.Facts.Held != 80 {
		t.Errorf("the refusal explains itself with %+v, want 75 > 150 - 80", no)
	}
	b.buys("7", "王家 2026")
	b.stands("王家 2026", "score 112, claim 8, held 8, redeemable 0")
	b.cannotBuy(fault.Insufficient, "0.1", "王家 2026")
	b.cannotBuy(fault.Insufficient, "0.1", "李家 2026")

	// Objected to on the wall: a correction of a published line is held with it.
	b.on("2026-07-06")
	b.correct(plus, "1")
	b.stands("赵家 2026", "score 117, claim 20, held 3, redeemable 17") // 1 - 4 takes 3 away

	b.on("2026-07-10")
	b.seal()
	b.stands("王家 2026", "score 112, claim 0, held 0, redeemable 0")  // 20 - 5 - 7 - 8
	b.stands("李家 2026", "score 112, claim -3, held 0, redeemable 0") // 20 - 15 - 8: no goods are taken back
	b.stands("赵家 2026", "score 117, claim 17, held 0, redeemable 17")
	b.cannotBuy(fault.Insufficient, "0.1", "李家 2026")

	b.on("2026-08-10")
	b.event("李家", "2026-08-10", "10")
	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.stands("李家 2026", "score 122, claim 7, held 0, redeemable 7") // later points cover it: -3 + 10
}

func TestWithdrawnSheetHoldsNothing(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.event("王家", "2026-01-01", "20")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.on("2026-05-20")
	b.event("王家", "2026-05-20", "-8")
	b.on("2026-07-03")
	b.publish("2026Q2")
	b.stands("王家 2026", "score 112, claim 20, held 8, redeemable 12")
	b.p.Published = calendar.Quarter{}
	b.stands("王家 2026", "score 112, claim 20, held 0, redeemable 20")
}

func TestDisputeWonAfterSpending(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.start("李家")
	b.on("2026-02-11")
	b.event("王家", "2026-02-11", "20")
	minus := b.event("王家", "2026-02-11", "-6")
	b.event("李家", "2026-02-11", "10")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.on("2026-04-15")
	b.buys("14", "王家 2026") // 20 - 6: all of it
	b.buys("10", "李家 2026")
	b.stands("王家 2026", "score 114, claim 0, held 0, redeemable 0")

	b.on("2026-04-20")
	first := b.correct(minus, "0")
	b.stands("王家 2026", "score 120, claim 6, held 0, redeemable 6") // at once: the line's quarter is sealed
	_, err := ledger.Correct(minus, b.corrected(minus.Seq), b.points("-1"), b.today(), "再改", both)
	b.refused(err, fault.Corrected)
	b.on("2026-04-21")
	b.buys("6", "王家 2026")
	b.on("2026-04-30")
	b.correct(first, "2") // the line was not wholly wrong: -6 + 2
	b.stands("王家 2026", "score 116, claim -4, held 0, redeemable 0")
	b.lines("王家 2026", 3,
		"3 event -6", "4 redemption -14", "5 correction +6", "6 redemption -6", "7 correction -4")

	b.on("2026-05-20")
	b.event("王家", "2026-05-20", "5")
	heavy := b.event("李家", "2026-05-20", "-8")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.stands("王家 2026", "score 121, claim 1, held 0, redeemable 1")  // -4 + 5
	b.stands("李家 2026", "score 102, claim -8, held 0, redeemable 0") // 10 - 10 - 8
	b.on("2026-07-20")
	b.correct(heavy, "-2")
	b.stands("李家 2026", "score 108, claim -2, held 0, redeemable 0") // -8 + 6: still below 0
	b.cannotBuy(fault.Insufficient, "0.1", "李家 2026")
	b.on("2026-08-10")
	b.event("李家", "2026-08-10", "5")
	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.stands("李家 2026", "score 113, claim 3, held 0, redeemable 3")
}

func TestDisputeWonAfterTheLapse(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.on("2026-02-11")
	plus := b.event("王家", "2026-02-11", "20")
	minus := b.event("王家", "2026-02-11", "-6")
	b.year2026()
	b.stands("王家 2026", "score 114, claim 14, held 0, redeemable 14")
	b.on("2027-02-01")
	must(b, 0, b.close("王家 2026"))

	b.on("2027-03-10")
	b.correct(minus, "0")
	b.stands("王家 2026", "score 120, claim 6, held 0, redeemable 6") // the 14 that lapsed do not come back
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026")
	b.on("2027-04-05")
	b.buys("2", "王家 2026") // the end of the next window is that of April
	b.stands("王家 2026", "score 120, claim 4, held 0, redeemable 4")
	b.on("2027-04-30")
	b.refused(b.expire("王家 2026"), fault.TooEarly)
	b.on("2027-05-01")
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026")
	must(b, 0, b.expire("王家 2026"))
	b.stands("王家 2026", "score 120, claim 0, held 0, redeemable 0")
	b.refused(b.expire("王家 2026"), fault.TooEarly)

	// Given inside a window: in that one and to the end of the next.
	b.on("2027-07-15")
	b.correct(plus, "25")
	b.buys("1", "王家 2026")
	b.on("2027-08-01")
	b.refused(b.expire("王家 2026"), fault.TooEarly)
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026")
	b.on("2027-10-31")
	b.buys("1", "王家 2026")
	b.on("2027-11-01")
	must(b, 0, b.expire("王家 2026"))
	b.lines("王家 2026", 4,
		"4 lapse -14", "5 correction +6", "6 redemption -2", "7 lapse -4",
		"8 correction +5", "9 redemption -1", "10 redemption -1", "11 lapse -3") // 5 - 1 - 1
	b.stands("王家 2026", "score 125, claim 0, held 0, redeemable 0")
}

func TestYearBelowZeroIsWrittenOffAndThenCorrected(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.on("2026-02-11")
	b.event("王家", "2026-02-11", "10")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.on("2026-04-15")
	b.buys("10", "王家 2026")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.on("2026-11-24")
	heavy := b.event("王家", "2026-11-24", "-12")
	b.hangs("2026Q4", "2027-01-06", "2027-01-13")
	b.stands("王家 2026", "score 98, claim -12, held 0, redeemable 0") // 100 + 10 - 12; 10 - 10 - 12
	b.on("2027-02-01")
	must(b, 0, b.close("王家 2026"))
	b.stands("王家 2026", "score 98, claim 0, held 0, redeemable 0") // the write-off moves no score

	// Smaller than the write-off: all of it goes into undoing that.
	b.on("2027-03-10")
	smaller := b.correct(heavy, "-7")
	b.stands("王家 2026", "score 103, claim 0, held 0, redeemable 0") // 98 + 5; 5 - 5
	b.refused(b.expire("王家 2026"), fault.TooEarly)

	// Larger than the 7 that are left of it: 10 - 7 can be spent.
	b.on("2027-04-10")
	larger := b.correct(smaller, "15")
	b.stands("王家 2026", "score 113, claim 3, held 0, redeemable 3")
	b.on("2027-04-20")
	b.buys("1", "王家 2026")

	// And back: a loss eats what is left and is written off for the rest.
	b.on("2027-05-02")
	loss := b.correct(larger, "5")
	b.stands("王家 2026", "score 108, claim 0, held 0, redeemable 0") // 2 - 5 + 3
	b.on("2027-08-02")
	b.refused(b.expire("王家 2026"), fault.TooEarly) // nothing is left to lapse

	b.on("2027-08-03")
	b.correct(loss, "-1")
	b.stands("王家 2026", "score 112, claim 1, held 0, redeemable 1") // 4 - 3
	b.on("2027-11-01")
	must(b, 0, b.expire("王家 2026"))
	b.lines("王家 2026", 1,
		"1 base +100", "2 event +10", "3 redemption -10", "4 event -12", "5 write_off +12",
		"6 correction +5", "7 write_off -5",
		"8 correction +10", "9 write_off -7", "10 redemption -1",
		"11 correction -5", "12 write_off +3",
		"13 correction +4", "14 write_off -3", "15 lapse -1")
	b.stands("王家 2026", "score 112, claim 0, held 0, redeemable 0")
}

func TestLossOfALapsedAccountIsWrittenOffAtOnce(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	plus := b.event("王家", "2026-01-01", "10")
	b.year2026()
	b.on("2027-02-01")
	must(b, 0, b.close("王家 2026"))
	b.on("2027-02-10")
	loss := b.correct(plus, "6")
	b.stands("王家 2026", "score 106, claim 0, held 0, redeemable 0")
	b.on("2027-02-20")
	b.correct(loss, "-1") // three of the four were rightly earned: they undo the write-off first
	b.stands("王家 2026", "score 109, claim 0, held 0, redeemable 0")
	b.lines("王家 2026", 3, "3 lapse -10", "4 correction -4", "5 write_off +4", "6 correction +3", "7 write_off -3")
}

func TestMerge(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.start("李家")
	b.on("2026-02-11")
	b.event("王家", "2026-02-11", "12")
	b.event("李家", "2026-02-11", "5")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.on("2026-05-20")
	b.event("王家", "2026-05-20", "4")
	b.on("2026-06-10")
	must(b, 0, b.merge("王家 2026", "李家 2026", ledger.Merging{}))
	b.stands("王家 2026", "score 116, claim 0, held 0, redeemable 0")
	b.stands("李家 2026", "score 105, claim 17, held 0, redeemable 17") // keeps its score; 5 + 12
	b.lines("王家 2026", 3, "3 event +4", "4 transfer -12")
	b.lines("李家 2026", 3, "3 transfer +12")

	// What the open quarter still brings comes over after the seal.
	b.on("2026-07-03")
	b.publish("2026Q2")
	b.refused(b.merge("王家 2026", "李家 2026", ledger.Merging{}), fault.Blocked)
	b.on("2026-07-10")
	b.seal()
	b.stands("王家 2026", "score 116, claim 4, held 0, redeemable 4")
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026")
	must(b, 0, b.merge("王家 2026", "李家 2026", ledger.Merging{}))
	b.stands("王家 2026", "score 116, claim 0, held 0, redeemable 0")
	b.stands("李家 2026", "score 105, claim 21, held 0, redeemable 21")
	b.on("2026-07-20")
	b.buys("20", "李家 2026")
	b.stands("李家 2026", "score 105, claim 1, held 0, redeemable 1")
}

func TestMergeOfAClaimBelowZero(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.start("李家")
	b.event("王家", "2026-01-01", "10")
	b.event("李家", "2026-01-01", "5")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.on("2026-04-15")
	b.buys("10", "王家 2026")
	b.on("2026-05-20")
	heavy := b.event("王家", "2026-05-20", "-7")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.on("2026-07-15")
	must(b, 0, b.merge("王家 2026", "李家 2026", ledger.Merging{}))
	b.stands("王家 2026", "score 103, claim 0, held 0, redeemable 0")
	b.stands("李家 2026", "score 105, claim -2, held 0, redeemable 0") // 5 - 7
	b.on("2026-08-10")
	b.event("李家", "2026-08-10", "6")
	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.stands("李家 2026", "score 111, claim 4, held 0, redeemable 4") // -2 + 6

	// Won after the lapse, on a line of the household that is no more: the
	// household that went on has it until the end of the next window.
	b.hangs("2026Q4", "2027-01-06", "2027-01-13")
	b.on("2027-02-01")
	must(b, 0, b.close("李家 2026")) // 4 lapse
	b.on("2027-03-10")
	b.correct(heavy, "0")
	must(b, 0, b.merge("王家 2026", "李家 2026", ledger.Merging{}))
	b.stands("王家 2026", "score 110, claim 0, held 0, redeemable 0")
	b.stands("李家 2026", "score 111, claim 7, held 0, redeemable 7")
	b.on("2027-04-10")
	b.buys("3", "李家 2026")
	b.on("2027-05-01")
	must(b, 0, b.expire("李家 2026"))
	b.lines("李家 2026", 5, "5 lapse -4", "6 transfer +7", "7 redemption -3", "8 lapse -4")
}

func TestMergeWaits(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.start("李家")
	b.event("王家", "2026-01-01", "12")
	b.event("李家", "2026-01-01", "5")
	b.on("2026-04-03")
	b.publish("2026Q1")
	b.refused(b.merge("王家 2026", "李家 2026", ledger.Merging{}), fault.Blocked)
	b.on("2026-04-10")
	b.seal()
	b.refused(b.merge("王家 2026", "李家 2026", ledger.Merging{OpenDispute: true}), fault.Blocked)
	for _, home := range []string{"王家 2026", "李家 2026"} {
		b.reserve(home, "1")
		b.refused(b.merge("王家 2026", "李家 2026", ledger.Merging{}), fault.Blocked)
		b.release(home, "1")
	}
	b.refused(b.merge("王家 2026", "王家 2026", ledger.Merging{}), fault.Invalid)
	must(b, 0, b.merge("王家 2026", "李家 2026", ledger.Merging{}))
	b.refused(b.merge("李家 2026", "王家 2026", ledger.Merging{}), fault.Invalid) // 王家 is no more
}

func TestReturnToTheAccountOfAMergedHousehold(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.start("李家")
	b.event("王家", "2026-01-01", "12")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.on("2026-04-15")
	rice := b.buys("10", "王家 2026")[0]
	must(b, 0, b.merge("王家 2026", "李家 2026", ledger.Merging{}))
	b.on("2026-04-20")
	d, err := b.brings(rice, "4")
	b.post("王家 2026", must(b, d, err)) // to the account it was spent from,
	must(b, 0, b.merge("王家 2026", "李家 2026", ledger.Merging{}))
	b.stands("王家 2026", "score 112, claim 0, held 0, redeemable 0")
	b.stands("李家 2026", "score 100, claim 6, held 0, redeemable 6") // and on: 2 + 4
}

func TestReturnsInTimeAndLate(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.event("王家", "2026-01-01", "30")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.on("2026-07-20")
	rice := b.buys("10", "王家 2026")[0]
	b.on("2026-07-22")
	d, err := b.brings(rice, "4")
	b.post("王家 2026", must(b, d, err))
	b.stands("王家 2026", "score 130, claim 24, held 0, redeemable 24") // 30 - 10 + 4
	b.on("2026-07-27")                                                // the seventh day
	_, err = b.brings(rice, "6.1")
	b.refused(err, fault.Invalid) // 6 are still out
	_, err = ledger.Reinstate(b.account("王家 2026"), rice, 40, 10, b.today(), "坏了", both)
	b.refused(err, fault.Invalid) // the account is open: it is a return
	d, err = b.brings(rice, "1")
	b.post("王家 2026", must(b, d, err))
	b.on("2026-07-28")
	_, err = b.brings(rice, "1")
	b.refused(err, fault.TooLate)

	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.hangs("2026Q4", "2027-01-06", "2027-01-13")
	b.on("2027-01-28")
	oil := b.buys("8", "王家 2026")[0]
	b.on("2027-02-01")
	must(b, 0, b.close("王家 2026"))
	b.stands("王家 2026", "score 130, claim 0, held 0, redeemable 0") // 25 - 8 = 17 lapsed

	b.on("2027-02-03") // within seven days, but after the lapse
	_, err = b.brings(oil, "8")
	b.refused(err, fault.AccountClosed)
	closed := b.account("王家 2026")
	for want, by := range map[fault.Code]ledger.By{
		fault.SamePerson: {Recorder: lee, Confirmer: lee}, fault.Forbidden: {Recorder: lee},
	} {
		_, err = ledger.Reinstate(closed, oil, 0, 80, b.today(), "油漏了", by)
		b.refused(err, want)
	}
	_, err = ledger.Reinstate(closed, oil, 0, 80, b.today(), "", both)
	b.refused(err, fault.Invalid)
	_, err = ledger.Reinstate(closed, oil, 0, 80, b.day("2027-02-05"), "油漏了", both)
	b.refused(err, fault.TooLate)
	d, err = ledger.Reinstate(closed, oil, 0, 80, b.today(), "油漏了", both)
	b.post("王家 2026", must(b, d, err))
	b.stands("王家 2026", "score 130, claim 8, held 0, redeemable 8")
	b.cannotBuy(fault.WindowClosed, "1", "王家 2026")
	b.on("2027-04-10")
	b.buys("3", "王家 2026")
	b.on("2027-05-01")
	must(b, 0, b.expire("王家 2026"))
	b.lines("王家 2026", 3,
		"3 redemption -10", "4 return +4", "5 return +1", "6 redemption -8", "7 lapse -17",
		"8 reinstatement +8", "9 redemption -3", "10 lapse -5")
}

func TestVillageStartsInMidYearFromPaper(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-07-01")
	b.start("王家")
	d, err := ledger.FromPaper(b.points("25"), b.today(), "纸质台账结转", both)
	b.post("王家 2026", must(b, d, err))
	b.post("王家 2026", ledger.Draft{
		Kind: ledger.Redemption, Tenths: b.points("-10"), CountsIn: calendar.QuarterOf(b.today()),
		OccurredOn: b.today(), Title: "纸质台账已兑", Recorder: lee, Confirmer: zhou,
	})
	b.stands("王家 2026", "score 125, claim 15, held 0, redeemable 15") // 100 + 25; 25 - 10
	b.on("2026-07-05")
	b.buys("5", "王家 2026") // before any sheet hangs

	// A deed of the quarter before the start: never published by itself, it
	// goes up with the first sheet.
	b.event("王家", "2026-06-20", "-4")
	b.on("2026-08-10")
	b.event("王家", "2026-08-10", "1")
	b.stands("王家 2026", "score 122, claim 10, held 0, redeemable 10")
	b.on("2026-10-12")
	b.publish("2026Q3")
	b.stands("王家 2026", "score 122, claim 10, held 3, redeemable 7") // -4 + 1
	b.on("2026-10-19")
	b.seal()
	b.stands("王家 2026", "score 122, claim 7, held 0, redeemable 7")
}

func TestAwardIsSpentNotRanked(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.on("2026-04-02")
	d, err := ledger.Reward(b.points("20"), b.today(), "超市服务奖励", both)
	award := b.post("王家 2026", must(b, d, err))
	b.stands("王家 2026", "score 100, claim 20, held 0, redeemable 20")
	b.buys("15", "王家 2026")
	b.correct(award, "12") // put right: 20 - 8
	b.stands("王家 2026", "score 100, claim -3, held 0, redeemable 0")
	for _, wrong := range []string{"0", "-1"} {
		_, err := ledger.Reward(b.points(wrong), b.today(), "超市服务奖励", both)
		b.refused(err, fault.Invalid)
	}
}

func TestTwoAccountsAtOnceTheOlderFirst(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.event("王家", "2026-01-01", "6")
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.on("2027-01-01")
	b.start("王家")
	b.event("王家", "2027-01-01", "9")
	// A village late with its year: sealed on 27 March, its window ends on 10 April.
	b.hangs("2026Q4", "2027-03-20", "2027-03-27")
	b.hangs("2027Q1", "2027-04-02", "2027-04-09")
	b.stands("王家 2026", "score 106, claim 6, held 0, redeemable 6")
	b.stands("王家 2027", "score 109, claim 9, held 0, redeemable 9")
	b.on("2027-04-10")
	b.cannotBuy(fault.Insufficient, "15.1", "王家 2027", "王家 2026")
	paid := b.buys("10", "王家 2027", "王家 2026") // whatever order they are asked in
	if len(paid) != 2 {
		t.Fatalf("%d redemptions, want one an account", len(paid))
	}
	b.lines("王家 2026", 3, "3 redemption -6")
	b.lines("王家 2027", 3, "3 redemption -4")
	b.stands("王家 2026", "score 106, claim 0, held 0, redeemable 0")
	b.stands("王家 2027", "score 109, claim 5, held 0, redeemable 5")
	b.on("2027-04-11")
	must(b, 0, b.close("王家 2026"))
	b.lines("王家 2026", 3, "3 redemption -6") // nothing was left to lapse
	b.cannotBuy(fault.Insufficient, "5.1", "王家 2026", "王家 2027")
	b.buys("5", "王家 2026", "王家 2027")
}

func TestReservation(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.event("王家", "2026-01-01", "14")
	b.year2026()
	b.on("2027-01-20")
	b.reserve("王家 2026", "5")
	b.stands("王家 2026", "score 114, claim 9, held 0, redeemable 9") // 14 - 5
	_, err := b.account("王家 2026").Reserve(91, b.p)
	b.refused(err, fault.Insufficient)
	b.cannotBuy(fault.Insufficient, "9.1", "王家 2026")
	_, err = b.account("王家 2026").Reserve(0, b.p)
	b.refused(err, fault.Invalid)
	_, err = b.account("王家 2026").Release(51)
	b.refused(err, fault.Invalid)
	b.on("2027-02-01")
	b.refused(b.close("王家 2026"), fault.Blocked)
	b.on("2027-01-22") // fetched instead
	b.release("王家 2026", "5")
	b.buys("5", "王家 2026")
	b.stands("王家 2026", "score 114, claim 9, held 0, redeemable 9")
	b.on("2027-02-01")
	must(b, 0, b.close("王家 2026"))
	b.lines("王家 2026", 3, "3 redemption -5", "4 lapse -9")
}

func TestLateEventCountsInTheOpenQuarter(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.on("2026-04-03")
	b.publish("2026Q1")
	late := b.event("王家", "2026-03-30", "5")
	if (late.CountsIn != calendar.Quarter{Year: 2026, N: 2}) || late.OccurredOn != b.day("2026-03-30") {
		t.Errorf("补记 of %s counts in %s", late.OccurredOn, late.CountsIn)
	}
	b.on("2026-04-10")
	b.seal()
	b.stands("王家 2026", "score 105, claim 0, held 0, redeemable 0")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.stands("王家 2026", "score 105, claim 5, held 0, redeemable 5")
}

// hangs plays a quarter's days on the wall.
func (b *book) hangs(quarter, published, sealed string) {
	b.t.Helper()
	b.on(published)
	b.publish(quarter)
	b.on(sealed)
	b.seal()
}

// year2026 plays the four sheets of a year in which nothing else happens.
func (b *book) year2026() {
	b.t.Helper()
	b.hangs("2026Q1", "2026-04-03", "2026-04-10")
	b.hangs("2026Q2", "2026-07-03", "2026-07-10")
	b.hangs("2026Q3", "2026-10-12", "2026-10-19")
	b.hangs("2026Q4", "2027-01-06", "2027-01-13")
}

func (b *book) reserve(account, amount string) {
	b.t.Helper()
	a, err := b.account(account).Reserve(b.points(amount), b.p)
	b.accounts[account] = must(b, a, err)
	b.prove()
}

func (b *book) release(account, amount string) {
	b.t.Helper()
	a, err := b.account(account).Release(b.points(amount))
	b.accounts[account] = must(b, a, err)
	b.prove()
}
