package record

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// The limits of what is recorded. Lengths are in characters.
const (
	MostTargets  = 200 // households a record
	MostEvidence = 20  // pieces a record
	MostPhotos   = 9   // of a declaration, a warning, an answer to it
	LongestPlace = 60
	LongestNote  = 200
	longestProof = 120 // words of one piece of evidence
)

// mostAhead is by how much a recorder's clock may be fast.
const mostAhead = 24 * time.Hour

// RecordID identifies a record.
type RecordID int64

// PhotoHash names a picture by what is in it: SHA-256 in hex.
type PhotoHash string

// Valid tells whether the hash can be one.
func (p PhotoHash) Valid() bool {
	return len(p) == 64 && strings.Trim(string(p), "0123456789abcdef") == ""
}

// Evidence is one piece of 佐证: a picture, or words such as the number of a certificate.
type Evidence struct {
	Proof catalogue.Proof
	Photo PhotoHash
	Words string
}

func (e Evidence) valid() bool {
	known := e.Proof != "" && e.Proof != catalogue.Visit && utf8.RuneCountInString(string(e.Proof)) <= 20
	if e.Photo != "" {
		return known && e.Photo.Valid() && Fits(e.Words, 0, longestProof)
	}
	return known && !e.Proof.Pictured() && Fits(e.Words, 1, longestProof)
}

// leads tells whether evidence that is a link is one that can be followed.
func (e Evidence) leads() bool {
	if e.Proof != catalogue.Link || e.Photo != "" {
		return true
	}
	link := strings.TrimSpace(e.Words)
	scheme, rest, _ := strings.Cut(link, "://")
	host, _, _ := strings.Cut(rest, "/")
	return (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http")) && strings.Trim(host, ".:?#@") != "" && !strings.ContainsFunc(link, unicode.IsSpace)
}

// Record is one sitting of a recorder: what was seen, of one household or of
// many at once (a clean-up day, a meeting's list). Each of them has an event
// of its own, or was set aside.
type Record struct {
	ID      RecordID
	Village village.ID
	Draft
	RecordedAt time.Time
	Recorder   household.PersonID
	Typist     household.PersonID // 0: the recorder
}

// Draft is what a record says, whichever its households are.
type Draft struct {
	Item catalogue.Item
	On   calendar.Date
	// NotedAt is when it was noted by the recorder's own clock; zero where that
	// is not known.
	NotedAt     time.Time
	Place, Note string
	Evidence    []Evidence
	// AtDoor says that the recorder stood before the household's door, which is
	// the proof Visit.
	AtDoor bool
}

// Check refuses what is the same for all households of a record: with Invalid
// what is too long or no evidence, with ClockAhead
// what was noted more than a day from now, with WarnFirst an item of which a household
// is to be warned, with EvidenceMissing what does not bring all that the item
// asks for, and by the day as New does.
func (d Draft) Check(s Scene) error {
	if err := d.readable(); err != nil {
		return err
	}
	if err := s.dated(d.On); err != nil {
		return err
	}
	if d.NotedAt.After(s.Now.Add(mostAhead)) {
		return fault.Refuse(fault.ClockAhead)
	}
	if d.Item.WarnFirst {
		return fault.With(fault.WarnFirst, fault.Facts{Note: d.Item.Title})
	}
	return d.proven()
}

func (d Draft) readable() error {
	ok := Fits(d.Place, 0, LongestPlace) && Fits(d.Note, 0, LongestNote) && len(d.Evidence) <= MostEvidence
	for _, e := range d.Evidence {
		ok = ok && e.valid()
	}
	if !ok {
		return fault.Refuse(fault.Invalid)
	}
	for _, e := range d.Evidence {
		if !e.leads() {
			return fault.With(fault.Invalid, fault.Facts{Data: string(e.Proof)})
		}
	}
	return nil
}

// Photos are the pictures of the evidence.
func (d Draft) Photos() []PhotoHash {
	var out []PhotoHash
	for _, e := range d.Evidence {
		if e.Photo != "" {
			out = append(out, e.Photo)
		}
	}
	return out
}

// proven counts a picture once for a proof: the same one twice is not a before and an after.
func (d Draft) proven() error {
	given := map[catalogue.Proof]int{}
	seen := map[Evidence]bool{}
	if d.AtDoor {
		given[catalogue.Visit] = 1
	}
	for _, e := range d.Evidence {
		if same := (Evidence{Proof: e.Proof, Photo: e.Photo}); e.Photo == "" || !seen[same] {
			seen[same] = true
			given[e.Proof]++
		}
	}
	if lacking := d.Item.Lacking(given); lacking != nil {
		return fault.With(fault.EvidenceMissing, fault.Facts{Note: d.Item.Title, Data: catalogue.WriteDemands(lacking)})
	}
	return nil
}

// Fits tells whether a text has so many characters, spaces around it not counted.
func Fits(text string, least, most int) bool {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	return least <= n && n <= most
}

// Pictures tells whether these may be the pictures of one message.
func Pictures(photos []PhotoHash) bool {
	for _, p := range photos {
		if !p.Valid() {
			return false
		}
	}
	return len(photos) <= MostPhotos
}
