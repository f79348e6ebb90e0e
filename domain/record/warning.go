package record

import (
	"slices"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// MostMendDays is the longest time to mend, in days.
const MostMendDays = 60

// WarningID identifies a warning.
type WarningID int64

// WarningState says how far a warning has come.
type WarningState string

// The states of a warning. It is open until it is closed.
const (
	WarningOpen     WarningState = "open"
	WarningAnswered WarningState = "answered" // the household says that it has mended
	WarningMended   WarningState = "mended"   // closed, without a deduction
	WarningUnmended WarningState = "unmended" // closed, and deducted where a cap left something
)

// Warning is a 提醒: the household is told what is wrong and has some days to
// mend it (整改) before points are taken away.
type Warning struct {
	ID        WarningID
	Village   village.ID
	Household household.ID
	Item      catalogue.Item
	Note      string
	Photos    []PhotoHash
	Warner    household.PersonID
	WarnedAt  time.Time
	// Due is the last day to mend.
	Due      calendar.Date
	State    WarningState
	Answer   string
	Answered []PhotoHash // the pictures of the answer
	Answerer household.PersonID
	AnswerAt time.Time
	Closer   household.PersonID
	ClosedAt time.Time
	Result   string // what was found at closing
	Event    ID     // the deduction, 0 for none
}

// Open tells whether the warning is not closed yet.
func (w Warning) Open() bool { return w.State == WarningOpen || w.State == WarningAnswered }

// Warn warns a household of an item; 0 days are the village's setting. It
// refuses whom New refuses by the household; with Invalid an item that needs no
// warning, days below 1 or above MostMendDays, and what is too long or no
// picture; with EvidenceMissing where the item asks for a picture and there is none.
func Warn(s Scene, h household.Household, item catalogue.Item, note string, photos []PhotoHash, days int) (Warning, error) {
	if err := s.mayRecord(h); err != nil {
		return Warning{}, err
	}
	if days == 0 {
		days = s.Village.Settings.MendDays
	}
	if !item.WarnFirst || days < 1 || days > MostMendDays || !Fits(note, 0, LongestNote) || !Pictures(photos) {
		return Warning{}, fault.Refuse(fault.Invalid)
	}
	w := Warning{
		Village: h.Village, Household: h.ID, Item: item, Note: note, Photos: photos, Warner: s.Staff.Person, WarnedAt: s.Now,
		Due: calendar.DateOf(s.Now).AddDays(days), State: WarningOpen,
	}
	for _, group := range w.lacking() {
		if slices.ContainsFunc(group, catalogue.Proof.Pictured) {
			return Warning{}, fault.With(fault.EvidenceMissing, fault.Facts{Note: item.Title, Data: catalogue.WriteDemands([][]catalogue.Proof{group})})
		}
	}
	return w, nil
}

// lacking are the item's demands that the warning's pictures leave open.
func (w Warning) lacking() [][]catalogue.Proof {
	return w.Item.Lacking(map[catalogue.Proof]int{catalogue.Photo: len(w.Photos), catalogue.BeforeAfter: len(w.Photos)})
}

// Mend is the household's word that it has mended, in words or pictures. It
// refuses with NotFound who does not belong to the household, with Conflict a
// warning that is closed, and with Invalid nothing at all or too much.
func (w Warning) Mend(by household.Staff, words string, photos []PhotoHash, now time.Time) (Warning, error) {
	switch {
	case !slices.Contains(by.Households, w.Household):
		return w, fault.Refuse(fault.NotFound)
	case !w.Open():
		return w, fault.Refuse(fault.Conflict)
	case !Fits(words, 0, LongestNote) || !Pictures(photos) || words == "" && len(photos) == 0:
		return w, fault.Refuse(fault.Invalid)
	}
	w.State, w.Answer, w.Answered, w.Answerer, w.AnswerAt = WarningAnswered, words, photos, by.Person, now
	return w, nil
}

// Close ends the warning by what was found. Mended takes nothing away, at any
// time; not mended makes the deduction, which is the second result, of the day
// of the warning, or nil where the cap leaves nothing. It refuses whom New
// refuses by the household, but mended for one that has gone; with Conflict a closed warning; not mended with
// TooEarly before the days are over, with TooLate when an event of the last of
// them would be too old, and with EvidenceMissing where the item asks for more
// than pictures and the note names nothing.
func (w Warning) Close(s Scene, h household.Household, mended bool, note string) (Warning, *Event, error) {
	may := s.mayRecord
	if mended {
		may = s.mayEnd
	}
	if err := may(h); err != nil {
		return w, nil, err
	}
	switch {
	case !w.Open():
		return w, nil, fault.Refuse(fault.Conflict)
	case !Fits(note, 0, longestProof):
		return w, nil, fault.Refuse(fault.Invalid)
	}
	closed := w
	closed.State, closed.Closer, closed.ClosedAt, closed.Result = WarningMended, s.Staff.Person, s.Now, note
	if mended {
		return closed, nil, nil
	}
	if err := w.mayDeduct(s, note); err != nil {
		return w, nil, err
	}
	closed.State = WarningUnmended
	event, err := s.score(h, w.Item, calendar.DateOf(w.WarnedAt), "", w.Note)
	switch {
	case fault.CodeOf(err) == fault.CapReached:
		return closed, nil, nil
	case err != nil:
		return w, nil, err
	}
	return closed, &event, nil
}

// MayDeduct tells whether the days to mend are over, and an event of the last of
// them would not be too old.
func (w Warning) MayDeduct(today calendar.Date, lateDays int) bool {
	return today.After(w.Due) && !calendar.TooOld(w.Due, today, lateDays)
}

func (w Warning) mayDeduct(s Scene, note string) error {
	today := calendar.DateOf(s.Now)
	switch lacking := w.lacking(); {
	case !today.After(w.Due):
		return fault.With(fault.TooEarly, fault.Facts{Day: w.Due.String()})
	case calendar.TooOld(w.Due, today, s.Village.Settings.LateDays):
		return fault.With(fault.TooLate, fault.Facts{Day: w.Due.String()})
	case lacking != nil && !Fits(note, 1, longestProof):
		return fault.With(fault.EvidenceMissing, fault.Facts{Note: w.Item.Title, Data: catalogue.WriteDemands(lacking)})
	}
	return nil
}

// Evidence is what the deduction brings: the warning's pictures, and the
// closing note for what is not shown by a picture.
func (w Warning) Evidence() []Evidence {
	var out []Evidence
	for _, p := range w.Photos {
		out = append(out, Evidence{Proof: catalogue.Photo, Photo: p})
	}
	for _, group := range w.lacking() {
		out = append(out, Evidence{Proof: group[0], Words: w.Result})
	}
	return out
}
