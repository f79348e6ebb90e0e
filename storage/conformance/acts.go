package conformance

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/assess"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/object"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase/redeem"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
)

// acts are the use cases over one store, as cmd wires them.
type acts struct {
	*storage.Store
	dsn string
}

var keys atomic.Int64

// by is a command with a key of its own.
func by(actor household.PersonID, now time.Time) usecase.Command {
	return usecase.Command{Key: fmt.Sprintf("key-%d", keys.Add(1)), Actor: actor, Now: now}
}

// stage opens a new database with the cast in it.
func stage(t testing.TB, open Database) acts {
	t.Helper()
	a := enter(t, open(t))
	load(t, a.Store)
	return a
}

// enter is one more instance of the service on a database.
func enter(t testing.TB, dsn string) acts {
	t.Helper()
	return acts{Store: openStore(t, dsn), dsn: dsn}
}

var ctx = context.Background()

func (a acts) record(cmd usecase.Command, h household.ID, item string) (fault.Outcome, error) {
	return a.recordOn(cmd, h, item, calendar.DateOf(cmd.Now))
}

func (a acts) recordOn(cmd usecase.Command, h household.ID, item string, day calendar.Date) (fault.Outcome, error) {
	out, err := recording.Record{Once: a.recording()}.Do(ctx, cmd, recording.Request{
		Village: villageOf(h), Targets: []recording.Target{{Household: h}}, Item: item, On: day, Place: "1组", Note: "现场看过",
		Evidence: []record.Evidence{{Proof: catalogue.SignIn, Words: "签到表第3行"}, {Proof: catalogue.HelpedConfirms, Words: "本人说的"}},
	})
	if err != nil || out.Refused() {
		return out, err
	}
	// The outcome names the record; who goes on with the event asks for its one.
	r, err := a.RecordOf(ctx, record.RecordID(out.Facts.ID))
	if err == nil {
		out.Facts.ID = int64(r.Events[0].ID)
	}
	return out, err
}

func (a acts) confirm(cmd usecase.Command, id int64) (fault.Outcome, error) {
	return assess.Confirm{Once: a.assessing()}.Do(ctx, cmd, record.ID(id))
}

func (a acts) assessing() usecase.Once[assess.Tx] {
	return storage.As(a.Store, func(tx *storage.Tx) assess.Tx { return tx })
}

func (a acts) giveBackEvent(cmd usecase.Command, id int64, reason string) (fault.Outcome, error) {
	return assess.Return{Once: a.assessing()}.Do(ctx, cmd, record.ID(id), reason)
}

func (a acts) reject(cmd usecase.Command, id int64, reason string) (fault.Outcome, error) {
	return assess.Reject{Once: a.assessing()}.Do(ctx, cmd, record.ID(id), reason)
}

func (a acts) correct(cmd usecase.Command, v village.ID, seq int64, standsAs points.Tenths) (fault.Outcome, error) {
	u := object.Correct{Once: storage.As(a.Store, func(tx *storage.Tx) object.Tx { return tx })}
	return u.Do(ctx, cmd, object.Request{Village: v, Seq: ledger.Seq(seq), StandsAs: standsAs, Reason: "核对过", Proposer: qian})
}

func (a acts) redeem(cmd usecase.Command, h household.ID, t points.Tenths, agreed household.PersonID) (fault.Outcome, error) {
	u := redeem.Redeem{Once: storage.As(a.Store, func(tx *storage.Tx) redeem.Tx { return tx })}
	return u.Do(ctx, cmd, redeem.Request{Household: h, Tenths: t, Title: "大米", Agreed: agreed})
}

func (a acts) giveBack(cmd usecase.Command, v village.ID, seq int64, t points.Tenths, agreed household.PersonID) (fault.Outcome, error) {
	u := redeem.Return{Once: storage.As(a.Store, func(tx *storage.Tx) redeem.Tx { return tx })}
	return u.Do(ctx, cmd, redeem.ReturnRequest{Village: v, Seq: ledger.Seq(seq), Tenths: t, Agreed: agreed})
}

// signed and farSigned are what the villages publish with.
var (
	signed    = quarter.Signing{Minutes: "评议会记录", Signers: []household.PersonID{leader, zhao, qian}}
	farSigned = quarter.Signing{Minutes: "评议会记录", Signers: []household.PersonID{farLeader}}
)

func (a acts) closing() usecase.Once[closing.Tx] {
	return storage.As(a.Store, func(tx *storage.Tx) closing.Tx { return tx })
}

func (a acts) sign(cmd usecase.Command, v village.ID, q calendar.Quarter, digest string) (fault.Outcome, error) {
	return closing.Sign{Once: a.closing()}.Do(ctx, cmd, v, q, digest)
}

// digest is that of the sheet to come.
func (a acts) digest(v village.ID, q calendar.Quarter, now time.Time) (string, error) {
	d, err := a.DraftOf(ctx, v, q, now)
	return d.Digest(), err
}

// publish lets all sign what there is, and then puts it up; where it has changed
// meanwhile they look again.
func (a acts) publish(cmd usecase.Command, v village.ID, q calendar.Quarter, s quarter.Signing) (fault.Outcome, error) {
	for {
		digest, err := a.digest(v, q, cmd.Now)
		if err != nil {
			return fault.Settle(err)
		}
		for _, p := range s.Signers {
			if _, err := a.sign(by(p, cmd.Now), v, q, digest); err != nil {
				return fault.Outcome{}, err
			}
		}
		out, err := a.hang(cmd, closing.Request{Village: v, Quarter: q, Digest: digest, Minutes: s.Minutes})
		if out.Code != fault.Conflict || out.Facts.Note != closing.Moved {
			return out, err
		}
		cmd = by(cmd.Actor, cmd.Now)
	}
}

func (a acts) hang(cmd usecase.Command, req closing.Request) (fault.Outcome, error) {
	return closing.Publish{Once: a.closing()}.Do(ctx, cmd, req)
}

func (a acts) seal(cmd usecase.Command, v village.ID, q calendar.Quarter) (fault.Outcome, error) {
	return closing.Seal{Once: a.closing()}.Do(ctx, cmd, v, q)
}

func (a acts) takeDown(cmd usecase.Command, v village.ID, q calendar.Quarter, reason string) (fault.Outcome, error) {
	return closing.Withdraw{Once: a.closing()}.Do(ctx, cmd, v, q, reason)
}

func (a acts) closeYear(cmd usecase.Command, v village.ID, year int) (fault.Outcome, error) {
	u := closing.Year{Once: storage.As(a.Store, func(tx *storage.Tx) closing.Tx { return tx })}
	return u.Do(ctx, cmd, v, year)
}

func (a acts) switchTo(cmd usecase.Command, who household.PersonID, n int) (fault.Outcome, error) {
	u := enrol.Switch{Once: storage.As(a.Store, func(tx *storage.Tx) enrol.Tx { return tx })}
	return u.Do(ctx, cmd, openid(who), n)
}

// done fails the test unless the act took effect, and returns its facts.
func done(t testing.TB) func(fault.Outcome, error) fault.Facts {
	return func(out fault.Outcome, err error) fault.Facts {
		t.Helper()
		if err != nil || out.Code != fault.Done {
			t.Fatalf("%+v, %v; want it done", out, err)
		}
		return out.Facts
	}
}

// refused fails the test unless the act was refused with the code.
func refused(t testing.TB, code fault.Code) func(fault.Outcome, error) fault.Facts {
	return func(out fault.Outcome, err error) fault.Facts {
		t.Helper()
		if err != nil || out.Code != code {
			t.Fatalf("%+v, %v; want %s", out, err, code)
		}
		return out.Facts
	}
}

// earn records and confirms an event of the day and returns the line's facts.
func (a acts) earn(t testing.TB, h household.ID, item string, now time.Time) fault.Facts {
	t.Helper()
	event := done(t)(a.record(by(qian, now), h, item))
	return done(t)(a.confirm(by(leader, now), event.ID))
}

// sealQuarter publishes a quarter of 红旗村 on the first working day after it
// and seals it when it has hung long enough; it returns when that was.
func (a acts) sealQuarter(t testing.TB, q calendar.Quarter) time.Time {
	t.Helper()
	published := calendar.NthWorkingDay(q.Next().First(), 1)
	done(t)(a.publish(by(leader, noon(published)), hongqi, q, signed))
	sealed := noon(calendar.SealFrom(published))
	done(t)(a.seal(by(0, sealed), hongqi, q))
	return sealed
}

// account reads an account as it is kept.
func (a acts) account(t testing.TB, h household.ID, year int) ledger.Account {
	t.Helper()
	var out ledger.Account
	_, err := storage.As(a.Store, func(tx *storage.Tx) *storage.Tx { return tx })(ctx, by(0, on(1, 1)),
		func(tx *storage.Tx) (_ fault.Outcome, err error) {
			out, err = tx.Account(h, year)
			return fault.Settle(err)
		})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sound fails the test unless all books add up.
func (a acts) sound(t testing.TB) {
	t.Helper()
	_, damage, err := a.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if damage != nil {
		t.Fatal(damage.Found())
	}
}
