// Package household holds households, their members, the persons who chat, who
// is kin to whom, who serves in which role, and the card on the door.
package household

import (
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// ID identifies a household (户).
type ID int64

// PersonID identifies a person: somebody who chats, records or confirms.
type PersonID int64

// State says whether a household still keeps an account.
type State string

// The states of a household.
const (
	Active State = "active"
	Merged State = "merged" // its claim went to another household
	Gone   State = "gone"   // moved away or died out
)

// Household is the unit that holds points (policy 四(一): 以户为单位).
type Household struct {
	ID      ID
	Village village.ID
	// Number is what stands on the card and in lists, such as HQ-0031.
	Number string
	// Head is the name of the head of the household.
	Head  string
	State State
	// Joined is the day the household entered the scheme. A household is not
	// ranked in the quarter in which it joined (PRODUCT 2, the life of a household).
	Joined calendar.Date
}

// Member is a person of the register. Person is 0 until bound.
type Member struct {
	ID        int64 // 0 until kept
	Household ID
	Name      string
	// Phone is what the register has, as it is written there; empty where it
	// has none. Its last four digits are what only the household knows.
	Phone  string
	Person PersonID
}

// Ending is how many digits of a phone are asked for.
const Ending = 4

// EndsIn tells whether the member's phone ends in digits, of which there must
// be Ending.
func (m Member) EndsIn(digits string) bool {
	return len(digits) == Ending && len(m.Phone) > Ending && m.Phone[len(m.Phone)-Ending:] == digits
}

// Person is somebody whom the product knows by an openid.
type Person struct {
	ID PersonID
	// OpenID is the openid at the official account; empty for a person who does not chat.
	OpenID string
	// MiniOpenID is the openid at the Mini Program; empty until linked.
	MiniOpenID string
	Name       string
	// Current is the household that replies are about, 0 for none.
	Current ID
}

// Mask writes a name for public lists: the surname, then a star for each
// further character (王桂兰 → 王**).
func Mask(name string) string {
	r := []rune(name)
	for i := 1; i < len(r); i++ {
		r[i] = '*'
	}
	return string(r)
}

// Shown writes a name as the village's board does.
func Shown(name string, b village.Board) string {
	if b == village.Full {
		return name
	}
	return Mask(name)
}
