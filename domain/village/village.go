// Package village holds the places of one county and what each village has
// settled for itself.
package village

// ID identifies a village or community (村/社区).
type ID int64

// TownshipID identifies a township (镇).
type TownshipID int64

// Township is a township of the county.
type Township struct {
	ID   TownshipID
	Name string
	// Office is whom a villager calls at the township: a name of the desk and
	// its telephone number.
	Office string
}

// Village is a village or community: the unit that records, publishes and
// redeems (policy 二(一)).
type Village struct {
	ID       ID
	Township TownshipID
	Name     string
	// Desk is whom a villager calls in the village, as it is told to people.
	Desk     string
	Settings Settings
}

// Board says how names stand on a public list.
type Board string

// How a village writes names on public lists.
const (
	Masked Board = "masked" // 王**
	Full   Board = "full"   // only with consent
)

// Settings are what a village may settle for itself.
type Settings struct {
	Board Board
	// Signers is how many team members sign before publishing.
	Signers int
	// LateDays is how many days back an event may lie when it is recorded.
	LateDays int
	// MendDays is how many days a household has to mend what it was warned of.
	MendDays int
}

// Defaults are the settings of a village that has settled nothing.
func Defaults() Settings { return Settings{Board: Masked, Signers: 3, LateDays: 60, MendDays: 7} }
