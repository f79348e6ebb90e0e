package ledger_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// fullEntry has something in every field.
func fullEntry(t *testing.T) (ledger.Head, ledger.Entry) {
	t.Helper()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.on("2026-02-12")
	first := b.event("王家", "2026-02-11", "5")
	before := b.head
	return before, b.correct(first, "3")
}

func TestChainBreaksWhateverIsTouched(t *testing.T) {
	t.Parallel()
	head, whole := fullEntry(t)
	if !head.Follows(whole) {
		t.Fatal("an untouched entry must follow")
	}
	touched := map[string]func(*ledger.Entry){
		"Village":    func(e *ledger.Entry) { e.Village++ },
		"Seq":        func(e *ledger.Entry) { e.Seq++ },
		"Account":    func(e *ledger.Entry) { e.Account++ },
		"Line":       func(e *ledger.Entry) { e.Line++ },
		"Kind":       func(e *ledger.Entry) { e.Kind = ledger.EventKind },
		"Tenths":     func(e *ledger.Entry) { e.Tenths = -e.Tenths },
		"CountsIn":   func(e *ledger.Entry) { e.CountsIn = e.CountsIn.Next() },
		"OccurredOn": func(e *ledger.Entry) { e.OccurredOn = e.OccurredOn.AddDays(1) },
		"Corrects":   func(e *ledger.Entry) { e.Corrects = 1 },
		"Root":       func(e *ledger.Entry) { e.Root = ledger.Opening },
		"Event":      func(e *ledger.Entry) { e.Event++ },
		"Item":       func(e *ledger.Entry) { e.Item += "1" },
		"Title":      func(e *ledger.Entry) { e.Title = "" },
		"Reason":     func(e *ledger.Entry) { e.Reason += "。" },
		"Recorder":   func(e *ledger.Entry) { e.Recorder = zhou },
		"Confirmer":  func(e *ledger.Entry) { e.Confirmer = lee },
		"PostedAt":   func(e *ledger.Entry) { e.PostedAt = e.PostedAt.Add(time.Microsecond) },
		"Prev":       func(e *ledger.Entry) { e.Prev[0] ^= 1 },
		"Hash":       func(e *ledger.Entry) { e.Hash[31] ^= 1 },
	}
	for i := range reflect.TypeFor[ledger.Entry]().NumField() {
		field := reflect.TypeFor[ledger.Entry]().Field(i).Name
		touch, ok := touched[field]
		if !ok {
			t.Errorf("nobody has tried to touch %s", field)
			continue
		}
		e := whole
		touch(&e)
		if head.Follows(e) {
			t.Errorf("%s was touched and the chain holds", field)
		}
		if field != "Prev" && field != "Hash" && e.Seal(head.Hash) == whole.Hash {
			t.Errorf("%s is not part of the hash", field)
		}
	}
}

func TestChainKeepsFieldsApart(t *testing.T) {
	t.Parallel()
	_, a := fullEntry(t)
	b := a
	a.Item, a.Title = "SX0", "1志愿"
	b.Item, b.Title = "SX01", "志愿"
	if a.Seal(a.Prev) == b.Seal(b.Prev) {
		t.Error("a sign moved from one field to the next leaves the hash alone")
	}
}

func TestChainBreaksWhereAnEntryIsMissing(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.on("2026-01-01")
	b.start("王家")
	b.event("王家", "2026-01-01", "5")
	b.event("王家", "2026-01-01", "6")
	first, last := b.entries[0], b.entries[2]
	head := ledger.Head{Village: hongqiao, Seq: first.Seq, Hash: first.Hash}
	if head.Follows(last) {
		t.Error("line 3 follows line 1")
	}
	// Neither may an entry be put in another village's chain.
	if (ledger.Head{Village: hongqiao + 1}).Follows(first) {
		t.Error("an entry follows the head of another village")
	}
	if s := last.Hash.String(); len(s) != 64 || s != strings.ToLower(s) {
		t.Errorf("the hash is written %q", s)
	}
}

// The hash is printed on wall sheets: a new release must not change it. The
// sum was made by another program (Python's hashlib) from the layout that
// Entry.Seal states.
func TestHashStaysWhatWasPrinted(t *testing.T) {
	t.Parallel()
	e := ledger.Entry{
		Village: village.ID(3), Seq: 7, Account: 21, Line: 2, Kind: ledger.Correction, Root: ledger.EventKind,
		Tenths: points.Tenths(-25), CountsIn: calendar.Quarter{Year: 2026, N: 2}, OccurredOn: calendar.On(2026, 5, 20),
		Corrects: 5, Event: 9, Item: "HJ14", Title: "乱倒垃圾", Reason: "查实",
		Recorder: household.PersonID(11), Confirmer: household.PersonID(12),
		PostedAt: time.Date(2026, 5, 21, 1, 2, 3, 4000, time.UTC),
	}
	var prev ledger.Hash
	for i := range prev {
		prev[i] = byte(i)
	}
	const want = "24f520bc65aa816b454aa17573d47059a4df582ed6f379a5d11cbff71e74d262"
	if got := e.Seal(prev).String(); got != want {
		t.Errorf("the entry seals to %s, want %s", got, want)
	}
}
