// Package notice is what villagers are told without asking, and which of it a
// person may turn off (PRODUCT 4).
package notice

// Kind is a kind of notice that a person may turn off.
type Kind string

// The kinds. What is told at once about one's own account, such as a redemption
// or somebody new in the household, is not among them: it guards the household.
const (
	Published Kind = "published" // 季度公示: a quarter's sheet is out
	Redeem    Kind = "redeem"    // 兑换提醒: points can be spent, the window ends soon
	Lapse     Kind = "lapse"     // 到期提醒: points are about to lapse
	Dispute   Kind = "dispute"   // 异议进度: a dispute has come further
)

// Kinds are all kinds, in the order in which they are listed.
func Kinds() []Kind { return []Kind{Published, Redeem, Lapse, Dispute} }

// Off are the kinds that a person has turned off; all others are wanted.
type Off map[Kind]bool
