package ledger

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// Posted is what a posting leaves: the new head of the chain, the account as
// it stands, and the entries, in their order.
type Posted struct {
	Head    Head
	Account Account
	Entries []Entry
}

// Then is this posting followed by another one on the account that it left.
func (b Posted) Then(next Posted) Posted {
	next.Entries = append(slices.Clip(b.Entries), next.Entries...)
	return next
}

// Post gives a draft its line in the account and its place in the village's
// chain. On a closed account it adds what the rules demand behind it: a gain
// first cancels a write-off, a loss is written off at once, and what is left
// can be spent until the end of the next window (PRODUCT 2.4, 2.11).
//
// It refuses with Invalid a draft that changes nothing, is beyond
// points.Limit or counts in another year than the account's, and with
// AccountClosed what a closed account does not take.
func Post(h Head, a Account, p Progress, d Draft, at time.Time) (Posted, error) {
	if err := admissible(a, d); err != nil {
		return Posted{}, err
	}
	b := Posted{Head: h, Account: a}
	b.add(p, d, at)
	if a.State != Closed {
		return b, nil
	}
	b.tidy(p, d, at)
	return b, nil
}

func admissible(a Account, d Draft) error {
	if d.Tenths == 0 || d.Tenths.Abs() > points.Limit {
		return fault.Refuse(fault.Invalid)
	}
	if waits(d.root()) && d.CountsIn.Year != a.Year {
		return fault.Refuse(fault.Invalid)
	}
	if a.State == Open || a.State == Merged && d.Kind != Redemption {
		return nil
	}
	switch d.Kind {
	case Correction, Reinstatement, Lapse, WriteOff:
		return nil
	case Redemption:
		if at := d.OccurredOn.Start(); at.Before(a.Grace) {
			return nil
		}
	}
	return fault.With(fault.AccountClosed, fault.Facts{Account: int64(a.ID)})
}

func (b *Posted) add(p Progress, d Draft, at time.Time) {
	head, e := b.Head.append(b.Account, d, b.Account.Lines+1, at)
	b.Head, b.Entries = head, append(b.Entries, e)
	b.Account.Lines++
	b.Account = b.Account.take(e.Root, e.Tenths, e.CountsIn, p)
	if e.Kind == WriteOff {
		b.Account.WrittenOff += e.Tenths
	}
}

// tidy follows a posting on a closed account.
func (b *Posted) tidy(p Progress, d Draft, at time.Time) {
	cause := b.Entries[0].Seq
	if d.Tenths > 0 && d.Kind != WriteOff && b.Account.WrittenOff > 0 {
		b.add(p, writeOff(-min(d.Tenths, b.Account.WrittenOff), d.OccurredOn, cause), at)
	}
	if b.Account.Settled < 0 {
		b.add(p, writeOff(-b.Account.Settled, d.OccurredOn, cause), at)
	}
	switch {
	case b.Account.Settled == 0:
		b.Account.Grace = time.Time{}
	case d.Tenths > 0:
		b.Account.Grace = calendar.GraceUntil(at)
	}
}

func writeOff(t points.Tenths, on calendar.Date, cause Seq) Draft {
	return Draft{Kind: WriteOff, Tenths: t, CountsIn: calendar.QuarterOf(on), OccurredOn: on, Corrects: cause}
}
