package catalogue

import "strings"

// Proof is a kind of 佐证 that a record can bring.
type Proof string

// The proofs. Photo and BeforeAfter are pictures; any other may be a picture
// of it or words about it, but for Visit, which the recorder gives by being at
// the door.
const (
	Visit          Proof = "visit"
	Photo          Proof = "photo"
	BeforeAfter    Proof = "before_after" // two pictures
	Minutes        Proof = "minutes"
	Decision       Proof = "decision"
	Certificate    Proof = "certificate"
	SignIn         Proof = "sign_in"
	Receipt        Proof = "receipt"
	Link           Proof = "link"
	Hours          Proof = "hours"
	HelpedConfirms Proof = "helped_confirms"
)

// Pictured tells whether words are not enough for the proof.
func (p Proof) Pictured() bool { return p == Photo || p == BeforeAfter }

// pieces is how many of a proof are needed.
func (p Proof) pieces() int {
	if p == BeforeAfter {
		return 2
	}
	return 1
}

// Demands are what a record of the item must bring: of each group one.
func (i Item) Demands() [][]Proof {
	var groups [][]Proof
	for group := range strings.FieldsSeq(i.Evidence) {
		var ors []Proof
		for or := range strings.SplitSeq(group, "|") {
			ors = append(ors, Proof(or))
		}
		groups = append(groups, ors)
	}
	return groups
}

// Lacking are the demands that what was given, so many of each, leaves open;
// nil where it is complete.
func (i Item) Lacking(given map[Proof]int) [][]Proof {
	var open [][]Proof
	for _, group := range i.Demands() {
		if !anyGiven(group, given) {
			open = append(open, group)
		}
	}
	return open
}

func anyGiven(group []Proof, given map[Proof]int) bool {
	for _, p := range group {
		if given[p] >= p.pieces() {
			return true
		}
	}
	return false
}

// WriteDemands writes demands as a catalogue does: a space is and, a bar is or.
func WriteDemands(demands [][]Proof) string {
	var b strings.Builder
	for n, group := range demands {
		if n > 0 {
			b.WriteByte(' ')
		}
		for m, p := range group {
			if m > 0 {
				b.WriteByte('|')
			}
			b.WriteString(string(p))
		}
	}
	return b.String()
}

// ReadDemands reads what WriteDemands wrote.
func ReadDemands(text string) [][]Proof { return Item{Evidence: text}.Demands() }
