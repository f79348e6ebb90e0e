package conformance

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
	recording "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
)

// shot is a picture with a content and a look of its own.
func shot(n byte, near uint64) photo.Photo {
	p := photo.Photo{Hash: strings.Repeat(fmt.Sprintf("%02x", n), 32), Near: near, Width: 1280, Height: 960, TakenAt: on(5, 3).UTC()}
	p.Original[0] = n
	return p
}

func (a acts) keeps(cmd usecase.Command, v village.ID, p photo.Photo) (fault.Outcome, error) {
	u := keep.Photo{Once: storage.As(a.Store, func(tx *storage.Tx) keep.Tx { return tx })}
	return u.Do(ctx, cmd, v, p)
}

func (a acts) check() keep.Check {
	return keep.Check{Once: storage.As(a.Store, func(tx *storage.Tx) keep.CheckTx { return tx })}
}

func (a acts) picture(t testing.TB, hash string) script.Picture {
	t.Helper()
	all, err := a.Photos(ctx, []string{hash, "absent"})
	if err != nil || len(all) > 1 {
		t.Fatalf("%d, %v", len(all), err)
	}
	return all[hash]
}

// testPhotos: a picture is kept once, checked once, and held by all who hand it in.
func testPhotos(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4).UTC()
	one, first := shot(1, 7), by(qian, now)
	for range 2 {
		facts := done(t)(a.keeps(first, hongqi, one))
		if facts.Note != one.Hash || facts.Data != "" {
			t.Errorf("%+v", facts)
		}
	}
	refused(t, fault.Conflict)(a.keeps(first, hongqi, shot(2, 7)))
	refused(t, fault.NotFound)(a.keeps(by(qian, now), 99, one))
	for _, who := range []household.PersonID{qian, wang, far} {
		done(t)(a.keeps(by(who, now.Add(time.Hour)), villageOf(map[household.PersonID]household.ID{qian: qiansHome, wang: wangsHome, far: farHome}[who]), one))
	}
	want := one
	want.Village, want.Keeper, want.Check, want.KeptAt = hongqi, qian, photo.Waiting, now
	held := []photo.Holding{{Person: qian, Village: hongqi}, {Person: wang, Village: hongqi}, {Person: far, Village: qingshan}}
	if diff := cmp.Diff(script.Picture{Photo: want, Held: held}, a.picture(t, one.Hash)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := a.picture(t, shot(2, 0).Hash); got.Hash != "" {
		t.Errorf("%+v was kept", got)
	}
	var jobs int
	query(t, raw(t, a.dsn), &jobs, "SELECT count(*) FROM river_job")
	if jobs != 1 {
		t.Errorf("%d checks; want one", jobs)
	}
}

// shows records a household's event with pictures.
func (a acts) shows(t testing.TB, h household.ID, day int, photos ...photo.Photo) fault.Facts {
	t.Helper()
	req := recording.Request{
		Village: villageOf(h), Targets: []recording.Target{{Household: h}}, Item: harvest, On: calendar.DateOf(on(5, day)), Place: "1组",
		Evidence: []record.Evidence{{Proof: catalogue.HelpedConfirms, Words: "本人说的"}},
	}
	for _, p := range photos {
		req.Evidence = append(req.Evidence, record.Evidence{Proof: catalogue.Photo, Photo: record.PhotoHash(p.Hash)})
	}
	return done(t)(recording.Record{Once: a.recording()}.Do(ctx, by(qian, on(5, 20)), req))
}

// testPhotoReuse: what is, or looks like, an event's evidence is marked, in any
// village and year, and taken all the same.
func testPhotoReuse(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 20)
	const look = 0xf00d_cafe_1234_5678
	flipped := func(bits ...int) uint64 {
		near := uint64(look)
		for _, b := range bits {
			near ^= 1 << b
		}
		return near
	}
	used, unused := shot(1, look), shot(2, 0x0123_4567_89ab_cdef)
	for _, p := range []photo.Photo{used, unused} {
		if facts := done(t)(a.keeps(by(qian, now), hongqi, p)); facts.Data != "" {
			t.Errorf("%s was seen before anybody used it", p.Hash[:2])
		}
	}
	first := a.shows(t, wangsHome, 4, used)
	second := a.shows(t, widowsHome, 6, used)
	for n, test := range map[byte]struct {
		p    photo.Photo
		seen bool
	}{
		1: {used, true}, 2: {unused, false},
		3: {shot(3, flipped(0, 1, 2, 3, 4, 5, 6, 7)), true},
		4: {shot(4, flipped(0, 8, 16, 24, 32, 40, 48, 63)), true},
		5: {shot(5, flipped(0, 8, 16, 24, 32, 40, 48, 56, 63)), false},
		6: {shot(6, ^uint64(look)), false},
	} {
		facts := done(t)(a.keeps(by(far, now), qingshan, test.p))
		if (facts.Data == keep.Seen) != test.seen {
			t.Errorf("picture %d: %+v", n, facts)
		}
	}
	for hash, exact := range map[string]bool{used.Hash: true, shot(3, 0).Hash: false} {
		uses, err := a.Alike(ctx, hash)
		if err != nil || len(uses) != 2 {
			t.Fatalf("%+v, %v", uses, err)
		}
		if uses[0].Record != second.ID || uses[1].Record != first.ID || uses[1].Household != wangsHome || uses[1].Village != hongqi ||
			uses[1].Exact != exact || uses[1].OccurredOn != calendar.DateOf(on(5, 4)) || uses[1].Event == 0 {
			t.Errorf("%+v", uses)
		}
	}
	uses, err := a.Alike(ctx, used.Hash)
	if err != nil {
		t.Fatal(err)
	}
	done(t)(a.withdraw(by(qian, now), uses[0].Event, "记错了"))
	if uses, err = a.Alike(ctx, used.Hash); err != nil || len(uses) != 1 || uses[0].Record != first.ID {
		t.Errorf("%+v, %v; want what was withdrawn left out", uses, err)
	}
	if uses, err := a.Alike(ctx, unused.Hash); err != nil || len(uses) > 0 {
		t.Errorf("%+v, %v", uses, err)
	}
	if _, err := a.Alike(ctx, "absent"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}

// testNearPhotos: whichever eight bits differ, the index finds it.
func testNearPhotos(t *testing.T, database Database) {
	a := stage(t, database)
	r := rand.New(rand.NewPCG(1, 2))
	look := r.Uint64()
	p := shot(1, look)
	done(t)(a.keeps(by(qian, on(5, 20)), hongqi, p))
	a.shows(t, wangsHome, 4, p)
	_, err := a.bare(by(qian, on(5, 20)), func(tx *storage.Tx) (fault.Outcome, error) {
		for n := range 60 {
			near, flips := look, 1+n%10
			for _, bit := range r.Perm(64)[:flips] {
				near ^= 1 << bit
			}
			used, err := tx.PhotoUsed(shot(2, 0).Hash, near)
			if err != nil {
				return fault.Outcome{}, err
			}
			if used != (flips <= photo.Near) {
				t.Errorf("%d bits differ: %v", flips, used)
			}
		}
		return fault.Outcome{Code: fault.Done}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// testVerdicts: of 200 pictures with every mix of verdicts only those are shown
// to others that passed, by the first word of the platform under the number it gave.
func testVerdicts(t *testing.T, database Database) {
	a := stage(t, database)
	now := on(5, 4)
	found := []photo.Check{photo.Passed, photo.Refused, photo.ByPerson}
	passed := 0
	for n := range 200 {
		p := shot(byte(n), uint64(n)<<32)
		trace := fmt.Sprintf("trace-%d", n)
		done(t)(a.keeps(by(qian, now), hongqi, p))
		verdicts := []photo.Check{found[n%3], found[n/3%3]}
		want := verdicts[0]
		switch n % 5 {
		case 0: // the platform never answers
			verdicts, want = nil, photo.Waiting
		case 1: // nobody could be asked
			mustDo(t, a.check().GiveUp(ctx, p.Hash, now))
			want, verdicts = photo.ByPerson, nil
		}
		if n%5 != 1 {
			mustDo(t, a.check().Asked(ctx, p.Hash, trace, now))
		}
		for _, v := range verdicts {
			mustDo(t, a.check().Verdict(ctx, trace, v, now.Add(time.Minute)))
		}
		got := a.picture(t, p.Hash)
		if got.Check != want || got.VisibleTo(wang, nil) != (want == photo.Passed) || !got.VisibleTo(qian, nil) || !got.VisibleTo(zhao, []village.ID{hongqi}) {
			t.Errorf("picture %d with %v: %s", n, verdicts, got.Check)
		}
		if want == photo.Passed {
			passed++
		}
		if late := got.State(now.Add(photo.Patience)); want == photo.Waiting && late != photo.ByPerson {
			t.Errorf("picture %d: %s after half an hour", n, late)
		}
	}
	if passed < 20 {
		t.Errorf("only %d passed; the mix is none", passed)
	}
}

func mustDo(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testUnknownTraces: a verdict under a number that nobody gave us leaves
// nothing behind, and is taken once the number is known.
func testUnknownTraces(t *testing.T, database Database) {
	a := stage(t, database)
	now, p := on(5, 4), shot(1, 1)
	done(t)(a.keeps(by(qian, now), hongqi, p))
	for _, trace := range []string{"", "early", p.Hash, hex.EncodeToString(p.Original[:])} {
		if err := a.check().Verdict(ctx, trace, photo.Passed, now); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v", trace, err)
		}
	}
	if openid, waits, err := a.PhotoToCheck(ctx, p.Hash); err != nil || !waits || openid != "" {
		t.Errorf("%q, %v, %v; want it to wait", openid, waits, err)
	}
	run(t, raw(t, a.dsn), fmt.Sprintf("UPDATE person SET mini_openid = 'mini-qian' WHERE id = %d", qian))
	if openid, waits, err := a.PhotoToCheck(ctx, p.Hash); err != nil || !waits || openid != "mini-qian" {
		t.Errorf("%q, %v, %v; want who handed it in", openid, waits, err)
	}
	mustDo(t, a.check().Asked(ctx, p.Hash, "early", now))
	mustDo(t, a.check().Asked(ctx, p.Hash, "another", now)) // the job ran twice
	if _, waits, err := a.PhotoToCheck(ctx, p.Hash); err != nil || waits {
		t.Errorf("it waits still: %v", err)
	}
	if err := a.check().Verdict(ctx, "another", photo.Passed, now); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	mustDo(t, a.check().Verdict(ctx, "early", photo.Refused, now))
	mustDo(t, a.check().Verdict(ctx, "early", photo.Passed, now))
	if got := a.picture(t, p.Hash); got.Check != photo.Refused || got.Trace != "early" {
		t.Errorf("%+v", got)
	}
	if err := a.check().GiveUp(ctx, "absent", now); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}

// testSamePhotoTogether: many hand in the same picture at once.
func testSamePhotoTogether(t *testing.T, database Database) {
	a := stage(t, database)
	both := [2]acts{a, enter(t, a.dsn)}
	people := []household.PersonID{qian, zhao, leader, deputy}
	count(t, together(32, func(i int) (fault.Outcome, error) {
		return both[i%2].keeps(by(people[i%4], on(5, 4)), hongqi, shot(1, 1))
	}))
	got := a.picture(t, shot(1, 1).Hash)
	if len(got.Held) != len(people) || !slices.Contains(people, got.Keeper) {
		t.Errorf("%+v", got)
	}
	var jobs int
	query(t, raw(t, a.dsn), &jobs, "SELECT count(*) FROM river_job")
	if jobs != 1 {
		t.Errorf("%d checks; want one", jobs)
	}
}
