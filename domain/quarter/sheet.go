package quarter

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Row is one household on a sheet.
type Row struct {
	Household household.ID
	// Score is base, opening and all lines that count up to this quarter.
	Score points.Tenths
	// Gained is what the events that count in this quarter, with their
	// corrections, change in sum.
	Gained points.Tenths
	// Rank starts at 1 and is shared by equal scores; 0 is not ranked: the
	// household joined in this quarter.
	Rank int
}

// Sheet is the frozen result of a quarter as it hangs on the wall.
type Sheet struct {
	Village     village.ID
	Quarter     calendar.Quarter
	Edition     int
	PublishedAt time.Time
	// Head is the village's chain at that moment: nothing behind it is on the sheet.
	Head ledger.Head
	Rows []Row // by household
	// Code is the short check code that is printed (校验码).
	Code string
}

// Line is what a sheet takes from the ledger: a scored entry, or the sum of
// several that are alike, and whose it is.
type Line struct {
	Household household.ID
	Root      ledger.Kind
	CountsIn  calendar.Quarter
	Tenths    points.Tenths
}

// Ranked is how many households have a place.
func (s Sheet) Ranked() (n int) {
	for _, r := range s.Rows {
		if r.Rank > 0 {
			n++
		}
	}
	return n
}

// Minutes are the record of the meeting that published a sheet (会议记录).
type Minutes struct {
	Village   village.ID
	Quarter   calendar.Quarter
	Edition   int
	Words     string
	Photos    []record.PhotoHash
	Digest    string // of the draft that was published
	Publisher household.PersonID
}

// Late is a line of 补记: it occurred in an earlier quarter and counts in this one.
type Late struct {
	Seq        ledger.Seq
	Household  household.ID
	Title      string
	Tenths     points.Tenths
	OccurredOn calendar.Date
	Public     bool // its item may stand on a board (PRODUCT 2.5)
}

// Erratum is a correction (勘误) of a line of an earlier quarter that was posted
// since the last sheet.
type Erratum struct {
	Seq       ledger.Seq
	Household household.ID
	Line      int // the line that it corrects, in its year
	Year      int
	Title     string
	Tenths    points.Tenths // what it changes
	Reason    string
	Public    bool
}

// Draft is a sheet before it hangs (预览).
type Draft struct {
	Village village.ID
	Quarter calendar.Quarter
	Edition int // that it will be
	Rows    []Row
	Late    []Late
	Errata  []Erratum
}

// ByRank are the rows as they hang: by rank, those without one last.
func (d Draft) ByRank() []Row {
	rows := slices.Clone(d.Rows)
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(uint(a.Rank-1), uint(b.Rank-1)) })
	return rows
}

// Digest names what people sign: all that the sheet will say. It leaves the
// chain's head out, which moves with every redemption.
func (d Draft) Digest() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(d.Village))
	b = binary.BigEndian.AppendUint32(b, uint32(d.Quarter.Index()))
	b = binary.BigEndian.AppendUint32(b, uint32(d.Edition))
	for _, n := range []int{len(d.Rows), len(d.Late), len(d.Errata)} {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	b = appendRows(b, d.Rows)
	for _, l := range d.Late {
		b = binary.BigEndian.AppendUint64(b, uint64(l.Seq))
	}
	for _, e := range d.Errata {
		b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func appendRows(b []byte, rows []Row) []byte {
	for _, r := range rows {
		for _, n := range []int64{int64(r.Household), int64(r.Score), int64(r.Gained), int64(r.Rank)} {
			b = binary.BigEndian.AppendUint64(b, uint64(n))
		}
	}
	return b
}

// Snapshot freezes the quarter: what is scored and counts in its year up to and
// with it, ranked over the households that are ranked. Members who joined
// after the quarter are left to the next sheet.
func Snapshot(q Quarter, head ledger.Head, at time.Time, members []household.Household, lines []Line) Sheet {
	s := Sheet{Village: q.Village, Quarter: q.Q, Edition: q.Edition, PublishedAt: at.UTC().Truncate(time.Microsecond), Head: head}
	at0 := make(map[household.ID]int, len(members))
	s.Rows = make([]Row, 0, len(members))
	for _, h := range members {
		if h.Joined.After(q.Q.Last()) {
			continue
		}
		at0[h.ID] = len(s.Rows)
		s.Rows = append(s.Rows, Row{Household: h.ID, Rank: 1})
		if q.Q.Contains(h.Joined) {
			s.Rows[at0[h.ID]].Rank = 0
		}
	}
	for _, l := range lines {
		i, ok := at0[l.Household]
		scored := ledger.Entry{Root: l.Root}.Scored()
		if !ok || !scored || l.CountsIn.Year != q.Q.Year || q.Q.Before(l.CountsIn) {
			continue
		}
		s.Rows[i].Score += l.Tenths
		if l.CountsIn == q.Q && l.Root == ledger.EventKind {
			s.Rows[i].Gained += l.Tenths
		}
	}
	slices.SortFunc(s.Rows, func(a, b Row) int { return cmp.Compare(a.Household, b.Household) })
	rank(s.Rows)
	s.Code = s.CheckCode()
	return s
}

// rank gives each row whose Rank is not 0 its place: equal scores share one,
// and the next lower score comes after all of them (1, 2, 2, 4; PRODUCT 2.10).
func rank(rows []Row) {
	var order []*Row
	for i := range rows {
		if rows[i].Rank != 0 {
			order = append(order, &rows[i])
		}
	}
	slices.SortStableFunc(order, func(a, b *Row) int { return cmp.Compare(b.Score, a.Score) })
	for i, r := range order {
		r.Rank = i + 1
		if i > 0 && order[i-1].Score == r.Score {
			r.Rank = order[i-1].Rank
		}
	}
}

// codeSigns has no 0, O, 1 or I, so that a code survives being read aloud.
var codeSigns = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// CheckCode computes the code from everything on the sheet: eight signs (40
// bits) of its SHA-256, in two groups, such as 7KQ2-M4XB.
func (s Sheet) CheckCode() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(s.Village))
	b = binary.BigEndian.AppendUint32(b, uint32(s.Quarter.Index()))
	b = binary.BigEndian.AppendUint32(b, uint32(s.Edition))
	b = binary.BigEndian.AppendUint64(b, uint64(s.PublishedAt.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(s.Head.Seq))
	b = append(b, s.Head.Hash[:]...)
	sum := sha256.Sum256(appendRows(b, s.Rows))
	code := codeSigns.EncodeToString(sum[:5])
	return code[:4] + "-" + code[4:]
}

// ReadCode brings a check code that somebody typed into its printed form:
// without regard to case, spaces and the hyphen. What cannot be one stays as it is.
func ReadCode(typed string) string {
	signs := strings.NewReplacer(" ", "", "-", "", "－", "", "—", "").Replace(strings.ToUpper(typed))
	if len(signs) != 8 {
		return typed
	}
	return signs[:4] + "-" + signs[4:]
}
