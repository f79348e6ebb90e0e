package household

// Relation is a declared tie between two households.
type Relation string

// The ties that bar recording, confirming, deciding and handing over
// (PRODUCT 2.7): the household's own and its first degree, with spouses.
const (
	Spouse  Relation = "spouse"
	Parent  Relation = "parent" // parents and children alike: the tie is symmetric
	Sibling Relation = "sibling"
)

// Kin is the declared, symmetric relation between households.
type Kin struct{ ties map[[2]ID]Relation }

// Declare notes a tie in both directions. A tie with itself is ignored.
func (k *Kin) Declare(a, b ID, r Relation) {
	if a == b {
		return
	}
	if k.ties == nil {
		k.ties = map[[2]ID]Relation{}
	}
	k.ties[ordered(a, b)] = r
}

// Related tells whether a person of one of the households own must leave other
// to a colleague: other is one of them, or tied to one of them.
func (k Kin) Related(own []ID, other ID) bool {
	for _, h := range own {
		if h == other {
			return true
		}
		if _, tied := k.ties[ordered(h, other)]; tied {
			return true
		}
	}
	return false
}

func ordered(a, b ID) [2]ID { return [2]ID{min(a, b), max(a, b)} }
