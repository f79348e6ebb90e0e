package quarter_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
)

var head = ledger.Head{Village: 1, Seq: 40, Hash: ledger.Hash{7, 7, 7}}

func member(id household.ID, joined calendar.Date) household.Household {
	return household.Household{ID: id, Village: 1, State: household.Active, Joined: joined}
}

var longAgo = calendar.On(2025, 1, 1)

func line(h household.ID, root ledger.Kind, q calendar.Quarter, whole int) quarter.Line {
	return quarter.Line{Household: h, Root: root, CountsIn: q, Tenths: points.Whole(whole)}
}

// sheet freezes the second quarter of 2026.
func sheet(members []household.Household, lines []quarter.Line) quarter.Sheet {
	q := quarter.New(1, q2)
	q.State, q.Edition = quarter.Published, 1
	return quarter.Snapshot(q, head, at(7, 3), members, lines)
}

func rows(s quarter.Sheet) (out []string) {
	for _, r := range s.Rows {
		out = append(out, fmt.Sprintf("%d: %s %s rank %d", r.Household, r.Score, r.Gained.Signed(), r.Rank))
	}
	return out
}

func wantRows(t *testing.T, s quarter.Sheet, want ...string) {
	t.Helper()
	if got := rows(s); !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	q3, q4 := q2.Next(), calendar.Quarter{Year: 2025, N: 4}
	s := sheet([]household.Household{member(2, longAgo), member(1, longAgo)}, []quarter.Line{
		line(1, ledger.BaseKind, q1, 100),
		line(1, ledger.Opening, q2, 7),
		line(1, ledger.EventKind, q1, 10),
		line(1, ledger.EventKind, q1, -4), // a correction of it counts there too
		line(1, ledger.EventKind, q2, 5),
		line(1, ledger.EventKind, q2, -8),
		line(1, ledger.EventKind, q3, 50),  // of a later quarter: on the next sheet
		line(1, ledger.EventKind, q4, 70),  // of last year's account
		line(1, ledger.Redemption, q2, -9), // spending moves no score (policy 四(三)2)
		line(1, ledger.Award, q2, 20),      // not ranked
		line(2, ledger.BaseKind, q1, 100),
		line(2, ledger.EventKind, q2, 3),
		line(9, ledger.EventKind, q2, 99), // of nobody on the sheet
	})
	wantRows(t, s,
		"1: 110 -3 rank 1", // 100 + 7 + 10 - 4 + 5 - 8; 5 - 8
		"2: 103 +3 rank 2")
	if s.Village != 1 || s.Quarter != q2 || s.Edition != 1 || s.Head != head || !s.PublishedAt.Equal(at(7, 3)) || s.Code != s.CheckCode() {
		t.Errorf("the sheet is %+v", s)
	}
}

func TestTiesShareARank(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ scores, ranks []int }{
		{[]int{100, 90, 90, 80}, []int{1, 2, 2, 4}},
		{[]int{80, 90, 100, 90}, []int{4, 2, 1, 2}},
		{[]int{90, 90, 90}, []int{1, 1, 1}},
		{[]int{5, 5, 1, 1, 0}, []int{1, 1, 3, 3, 5}},
		{[]int{-3}, []int{1}},
	} {
		var members []household.Household
		var lines []quarter.Line
		for i, score := range test.scores {
			id := household.ID(i + 1)
			members = append(members, member(id, longAgo))
			lines = append(lines, line(id, ledger.EventKind, q2, score))
		}
		var got []int
		for _, r := range sheet(members, lines).Rows {
			got = append(got, r.Rank)
		}
		if !slices.Equal(got, test.ranks) {
			t.Errorf("scores %v rank %v, want %v", test.scores, got, test.ranks)
		}
	}
}

func TestNewcomersAreNotRanked(t *testing.T) {
	t.Parallel()
	s := sheet([]household.Household{
		member(1, longAgo),
		member(2, calendar.On(2026, 3, 31)), // its second quarter
		member(3, calendar.On(2026, 5, 15)), // its first
		member(4, calendar.On(2026, 6, 30)),
		member(5, calendar.On(2026, 7, 2)), // came while the sheet was made: not on it
	}, []quarter.Line{
		line(1, ledger.BaseKind, q1, 100),
		line(2, ledger.BaseKind, q1, 100),
		line(2, ledger.EventKind, q2, -5),
		line(3, ledger.BaseKind, q2, 100),
		line(3, ledger.EventKind, q2, 30),
		line(4, ledger.BaseKind, q2, 100),
		line(5, ledger.BaseKind, q2.Next(), 100),
	})
	wantRows(t, s,
		"1: 100 0 rank 1",
		"2: 95 -5 rank 2",
		"3: 130 +30 rank 0", // takes nobody's place
		"4: 100 0 rank 0")
}

func TestRankIsHowManyAreHigher(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var members []household.Household
		var lines []quarter.Line
		for i := range rapid.IntRange(0, 12).Draw(t, "households") {
			joined := longAgo
			if rapid.IntRange(0, 4).Draw(t, "new") == 0 {
				joined = q2.First()
			}
			members = append(members, member(household.ID(i+1), joined))
			lines = append(lines, line(household.ID(i+1), ledger.EventKind, q2, rapid.IntRange(-3, 3).Draw(t, "score")))
		}
		s := sheet(rapid.Permutation(members).Draw(t, "members"), rapid.Permutation(lines).Draw(t, "lines"))
		for i, r := range s.Rows {
			want := 1
			for _, other := range s.Rows {
				if other.Rank != 0 && other.Score > r.Score {
					want++
				}
			}
			if members[i].Joined == q2.First() {
				want = 0
			}
			if r.Rank != want || r.Household != household.ID(i+1) || r.Score != lines[i].Tenths {
				t.Fatalf("row %d of %v: rank %d, want %d", i, rows(s), r.Rank, want)
			}
		}
	})
}

func TestOrderOfWhatComesInDoesNotMatter(t *testing.T) {
	t.Parallel()
	members := []household.Household{member(1, longAgo), member(2, longAgo), member(3, longAgo)}
	lines := []quarter.Line{line(1, ledger.EventKind, q2, 5), line(2, ledger.EventKind, q2, 5), line(3, ledger.EventKind, q1, 9)}
	a := sheet(members, lines)
	slices.Reverse(members)
	slices.Reverse(lines)
	if b := sheet(members, lines); !reflect.DeepEqual(a, b) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func TestCodeChangesWithEverythingOnTheSheet(t *testing.T) {
	t.Parallel()
	make2 := func() quarter.Sheet {
		return sheet([]household.Household{member(1, longAgo), member(2, longAgo)}, []quarter.Line{
			line(1, ledger.EventKind, q2, 5), line(2, ledger.EventKind, q2, 3),
		})
	}
	whole := make2()
	if !regexp.MustCompile(`^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$`).MatchString(whole.Code) {
		t.Errorf("%q is no code of two groups without 0 O 1 I", whole.Code)
	}
	touched := map[string]func(*quarter.Sheet){
		"village":    func(s *quarter.Sheet) { s.Village++ },
		"quarter":    func(s *quarter.Sheet) { s.Quarter = s.Quarter.Next() },
		"edition":    func(s *quarter.Sheet) { s.Edition++ },
		"time":       func(s *quarter.Sheet) { s.PublishedAt = s.PublishedAt.Add(time.Microsecond) },
		"head seq":   func(s *quarter.Sheet) { s.Head.Seq++ },
		"head hash":  func(s *quarter.Sheet) { s.Head.Hash[31]++ },
		"household":  func(s *quarter.Sheet) { s.Rows[0].Household += 9 },
		"score":      func(s *quarter.Sheet) { s.Rows[1].Score++ },
		"gained":     func(s *quarter.Sheet) { s.Rows[0].Gained-- },
		"rank":       func(s *quarter.Sheet) { s.Rows[1].Rank = 0 },
		"a row less": func(s *quarter.Sheet) { s.Rows = s.Rows[:1] },
		"swapped":    func(s *quarter.Sheet) { s.Rows[0], s.Rows[1] = s.Rows[1], s.Rows[0] },
	}
	seen := map[string]string{whole.Code: "nothing"}
	for name, touch := range touched {
		s := make2()
		if s.CheckCode() != whole.Code {
			t.Fatal("the same sheet has two codes")
		}
		touch(&s)
		code := s.CheckCode()
		if other, ok := seen[code]; ok {
			t.Errorf("with %s touched the code is that with %s touched", name, other)
		}
		seen[code] = name
	}
}
