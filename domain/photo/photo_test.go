package photo_test

import (
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

var noon = calendar.On(2026, time.November, 24).Start().Add(12 * time.Hour)

func TestSilenceLeadsToAPerson(t *testing.T) {
	t.Parallel()
	p := photo.Photo{Check: photo.Waiting, KeptAt: noon}
	asked := p.Asked("t", noon.Add(time.Hour))
	for _, test := range []struct {
		p     photo.Photo
		after time.Duration
		want  photo.Check
	}{
		{p, 0, photo.Waiting},
		{p, photo.Patience - time.Second, photo.Waiting},
		{p, photo.Patience, photo.ByPerson},
		{asked, time.Hour + photo.Patience - time.Second, photo.Waiting},
		{asked, time.Hour + photo.Patience, photo.ByPerson},
		{p.Judged(photo.Passed), time.Hour, photo.Passed},
		{p.Judged(photo.Refused), time.Hour, photo.Refused},
	} {
		if got := test.p.State(noon.Add(test.after)); got != test.want {
			t.Errorf("%+v after %v: %s, want %s", test.p, test.after, got, test.want)
		}
	}
}

func TestTheFirstVerdictStands(t *testing.T) {
	t.Parallel()
	all := []photo.Check{photo.Passed, photo.Refused, photo.ByPerson}
	for _, first := range all {
		for _, second := range append(all, "") {
			got := photo.Photo{Check: photo.Waiting}.Judged(first).Judged(second).Check
			if got != first {
				t.Errorf("%s, then %s: %s", first, second, got)
			}
		}
	}
	if got := (photo.Photo{Check: photo.Waiting}).Judged("").Check; got != photo.Waiting {
		t.Errorf("no verdict: %s", got)
	}
}

// TestAPersonLooks only at what waits for one, and once.
func TestAPersonLooks(t *testing.T) {
	t.Parallel()
	late := noon.Add(photo.Patience)
	for _, test := range []struct {
		check photo.Check
		at    time.Time
		may   bool
	}{
		{photo.ByPerson, noon, true},
		{photo.Waiting, late, true},
		{photo.Waiting, late.Add(-time.Second), false},
		{photo.Passed, late, false},
		{photo.Refused, late, false},
	} {
		p, err := photo.Photo{Check: test.check, KeptAt: noon}.Seen(photo.Refused, "看不清", test.at)
		if (err == nil) != test.may || test.may && (p.Check != photo.Refused || p.Reason != "看不清") {
			t.Errorf("%s at %v: %+v, %v", test.check, test.at, p, err)
		}
		if _, err := p.Seen(photo.Passed, "", late); test.may && fault.CodeOf(err) != fault.Conflict {
			t.Errorf("again: %v", err)
		}
		if test.may && p.Judged(photo.Passed).Check != photo.Refused {
			t.Error("the platform's late verdict changes what a person found")
		}
	}
}

func TestWhoMaySeeAPhoto(t *testing.T) {
	t.Parallel()
	const keeper, other, judge household.PersonID = 1, 2, 3
	held := []photo.Holding{{Person: keeper, Village: 1}}
	for _, state := range []photo.Check{photo.Waiting, photo.Refused, photo.ByPerson, photo.Passed} {
		p := photo.Photo{Check: state}
		for _, test := range []struct {
			who   household.PersonID
			judge []village.ID
			want  bool
		}{
			{keeper, nil, true},
			{judge, []village.ID{2, 1}, true},
			{judge, []village.ID{2}, state == photo.Passed},
			{other, nil, state == photo.Passed},
		} {
			if got := p.VisibleTo(test.who, test.judge, held); got != test.want {
				t.Errorf("%s to %d of %v: %v", state, test.who, test.judge, got)
			}
		}
	}
}

func TestAlike(t *testing.T) {
	t.Parallel()
	for other, want := range map[uint64]bool{0: true, 0xff: true, 0x8000_0000_0000_007f: true, 0x1ff: false, 1<<64 - 1: false} {
		if photo.Alike(0, other) != want || photo.Alike(other, 0) != want {
			t.Errorf("%x: want %v", other, want)
		}
	}
}
