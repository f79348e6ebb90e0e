package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	closing "github.com/xiangfeng/xiangfeng/domain/usecase/close"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// BenchmarkClose closes the fourth quarter of a county of XIANGFENG_TEST_COUNTY
// villages of 830 households on PostgreSQL: each sheet is looked at, signed by
// three, published with a notice to everybody bound, and at the end sealed by
// the job, by two at a time, while the chat is asked at a steady rate. 480
// villages are 400,000 households:
//
//	make close
func BenchmarkClose(b *testing.B) {
	villages := os.Getenv("XIANGFENG_TEST_COUNTY")
	if villages == "" {
		b.Skip("XIANGFENG_TEST_COUNTY does not say how many villages; see make close")
	}
	dsn := conformance.Postgres(b)
	rig := newRig(b)
	chat := rig.startProduct(b, "county", dsn, "--villages", villages, "--households", "830", "--events-per-household", "20")
	store, err := storage.Open(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	c := county{store: store, once: storage.As(store, func(tx *storage.Tx) closing.Tx { return tx }), teams: teamsOf(b, dsn)}
	for b.Loop() {
		closed := make(chan struct{})
		took := make(chan []time.Duration, 1)
		go func() { took <- askWhile(b, chat, closed) }()
		published, sealed := c.close(b)
		close(closed)
		all := <-took
		b.ReportMetric(published.Seconds(), "s-to-publish")
		b.ReportMetric(sealed.Seconds(), "s-to-seal")
		b.ReportMetric(float64(len(c.teams)), "villages")
		slices.Sort(all)
		for _, percent := range []int{50, 99} {
			b.ReportMetric(float64(all[len(all)*percent/100].Microseconds())/1000, fmt.Sprintf("chat-p%d-ms", percent))
		}
	}
}

// askWhile asks the chat until done is closed.
func askWhile(b *testing.B, p *peer, done <-chan struct{}) (took []time.Duration) {
	b.Helper()
	for {
		took = append(took, p.atRate(b, countyRate/4)...)
		select {
		case <-done:
			return took
		default:
		}
	}
}

// posts are who signs and publishes in a village, the leader first.
type posts []household.PersonID

// teamsOf are the teams of all villages.
func teamsOf(b *testing.B, dsn string) map[village.ID]posts {
	b.Helper()
	rows, err := conformance.Tables(b, dsn).Query(`SELECT village_id, person_id FROM post WHERE role IN ('leader', 'deputy', 'team_member') AND village_id IS NOT NULL
		ORDER BY village_id, CASE role WHEN 'leader' THEN 0 WHEN 'deputy' THEN 1 ELSE 2 END, id`)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	teams := map[village.ID]posts{}
	for rows.Next() {
		var v village.ID
		var p household.PersonID
		if err := rows.Scan(&v, &p); err != nil {
			b.Fatal(err)
		}
		teams[v] = append(teams[v], p)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return teams
}

type county struct {
	store *storage.Store
	once  usecase.Once[closing.Tx]
	teams map[village.ID]posts
	keys  atomic.Int64
}

// closers is how many villages are closed at once.
const closers = 2

// close publishes the fourth quarter everywhere, and seals it a week later.
func (c *county) close(b *testing.B) (published, sealed time.Duration) {
	b.Helper()
	q := calendar.Quarter{Year: 2026, N: 4}
	up := calendar.On(2027, 1, 4).Start().Add(9 * time.Hour)
	group, ctx := errgroup.WithContext(b.Context())
	group.SetLimit(closers)
	begin := time.Now()
	for v, team := range c.teams {
		group.Go(func() error { return c.publish(ctx, v, team, q, up) })
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	published = time.Since(begin)
	begin = time.Now()
	job := closing.SealDue{Seal: closing.Seal{Once: c.once}, Find: c.store}
	counts, err := job.Do(b.Context(), calendar.SealFrom(calendar.DateOf(up)).Start().Add(5*time.Minute))
	if err != nil || counts["sealed"] != len(c.teams) {
		b.Fatalf("%v, %v; want %d sealed", counts, err, len(c.teams))
	}
	return published, time.Since(begin)
}

func (c *county) publish(ctx context.Context, v village.ID, team posts, q calendar.Quarter, now time.Time) error {
	draft, err := c.store.DraftOf(ctx, v, q, now)
	if err != nil {
		return err
	}
	by := func(nth int) usecase.Command {
		return usecase.Command{Key: fmt.Sprintf("close-%d", c.keys.Add(1)), Actor: team[nth], Now: now}
	}
	for nth := range 3 {
		out, err := closing.Sign{Once: c.once}.Do(ctx, by(nth), v, q, draft.Digest())
		if err != nil || out.Refused() {
			return fmt.Errorf("village %d is not signed: %s, %w", v, out.Code, err)
		}
	}
	out, err := closing.Publish{Once: c.once}.Do(ctx, by(0), closing.Request{Village: v, Quarter: q, Digest: draft.Digest(), Minutes: "评议会记录"})
	if err != nil || out.Refused() {
		return fmt.Errorf("village %d is not published: %s %s, %w", v, out.Code, out.Facts.Note, err)
	}
	return nil
}
