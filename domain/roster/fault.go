package roster

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind says what is wrong in a workbook.
type Kind string

// What must be mended before anything is taken in.
const (
	SheetMissing   Kind = "sheet_missing"
	SheetTwice     Kind = "sheet_twice"
	SheetEmpty     Kind = "sheet_empty"
	ColumnMissing  Kind = "column_missing"
	ColumnTwice    Kind = "column_twice"
	CellsMerged    Kind = "cells_merged"
	CellEmpty      Kind = "cell_empty"
	CellTooLong    Kind = "cell_too_long"
	FormulaBroken  Kind = "formula_broken"
	NotAChoice     Kind = "not_a_choice" // Detail: the choices
	TownshipOffice Kind = "township_office"
	VillageTwice   Kind = "village_twice"
	VillageUnknown Kind = "village_unknown"
	NumberWrong    Kind = "number_wrong"
	HouseholdTwice Kind = "household_twice"
	HomeUnknown    Kind = "home_unknown"
	NoMembers      Kind = "no_members"
	HeadNoMember   Kind = "head_no_member"
	DateWrong      Kind = "date_wrong"
	DateFuture     Kind = "date_future"
	DateOtherYear  Kind = "date_other_year"
	NameWrong      Kind = "name_wrong"
	MemberTwice    Kind = "member_twice"
	PhoneWrong     Kind = "phone_wrong" // Detail: how many digits it has
	PhoneOdd       Kind = "phone_odd"   // 11 digits as no telephone has them
	DeskWrong      Kind = "desk_wrong"  // nobody could call it
	KinSelf        Kind = "kin_self"
	KinTwice       Kind = "kin_twice"
	RolePlace      Kind = "role_place"
	TownUnknown    Kind = "town_unknown"
	HolderUnknown  Kind = "holder_unknown"
	HolderSeveral  Kind = "holder_several"
	RoleTwice      Kind = "role_twice"
	NoLeader       Kind = "no_leader"
	LeaderTwice    Kind = "leader_twice"
	LeaderDeputy   Kind = "leader_deputy"
	CodeWrong      Kind = "code_wrong"
	CodeTwice      Kind = "code_twice"
	PointsWrong    Kind = "points_wrong"
	PointsFine     Kind = "points_fine"
	PointsBeyond   Kind = "points_beyond"
	PointsSigned   Kind = "points_signed"
	CapBelow       Kind = "cap_below"
	EvidenceWrong  Kind = "evidence_wrong"
	Levelling      Kind = "levelling"   // 平均主义
	PublicLine     Kind = "public_line" // what no board may show
	OpeningTwice   Kind = "opening_twice"
	OpeningZero    Kind = "opening_zero"
	OpeningNobody  Kind = "opening_nobody" // nobody is left to vouch for it
	TooMany        Kind = "too_many"       // faults, so that the rest is not listed
)

// What is worth knowing and stops nothing.
const (
	SheetUnknown   Kind = "sheet_unknown"
	SheetHidden    Kind = "sheet_hidden"
	ColumnUnknown  Kind = "column_unknown"
	ColumnIdentity Kind = "column_identity" // 身份证: the product does not want it
	PhoneShared    Kind = "phone_shared"    // Detail: the other household
	PhonesMissing  Kind = "phones_missing"  // Found: the village, Detail: how many households
	OpeningBelow   Kind = "opening_below"   // less than nothing on paper
	NoDeputy       Kind = "no_deputy"
	FewVillagers   Kind = "few_villagers"
	FewParty       Kind = "few_party"
	NoShopkeeper   Kind = "no_shopkeeper"
	NoItems        Kind = "no_items" // the county's template is taken
)

var warnings = []Kind{
	SheetUnknown, SheetHidden, ColumnUnknown, ColumnIdentity, PhoneShared, PhonesMissing, OpeningBelow, NoDeputy, FewVillagers, FewParty, NoShopkeeper, NoItems,
}

// Warning tells whether the kind stops nothing.
func (k Kind) Warning() bool { return slices.Contains(warnings, k) }

// Fault is one thing that is wrong, and where.
type Fault struct {
	Kind   Kind
	Sheet  string
	Row    int    // 0 for the sheet as a whole
	Column int    // from 1, 0 for none
	Title  string // the column's
	// Found is what stands there, shortened, never a whole phone or identity number.
	Found  string
	Detail string // what else the sentence needs, neither a whole number
}

// Letter is the column as a spreadsheet names it, "" for none.
func (f Fault) Letter() string {
	var letters string
	for n := f.Column; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// mostFaults bounds what is listed of a workbook in which everything is wrong.
const mostFaults = 10_000

// order sorts as one works through the workbook: sheets by their layout, then
// rows, then columns; what belongs to no sheet that is known comes last.
func order(faults []Fault) {
	place := map[string]int{}
	for i, l := range Layouts() {
		place[l.Name] = i + 1
	}
	slices.SortStableFunc(faults, func(a, b Fault) int {
		if a.Sheet != b.Sheet {
			if place[a.Sheet] != place[b.Sheet] && place[a.Sheet] != 0 && place[b.Sheet] != 0 {
				return cmp.Compare(place[a.Sheet], place[b.Sheet])
			}
			return cmp.Or(cmp.Compare(place[b.Sheet], place[a.Sheet]), cmp.Compare(a.Sheet, b.Sheet))
		}
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Found, b.Found))
	})
}

// shown is how many characters of a cell are repeated.
const shown = 16

// shorten makes what stands in a cell fit to be repeated: short, on one line,
// and without any number that could be a phone's or a person's.
func shorten(s string) string {
	s = conceal(tidy(s))
	if utf8.RuneCountInString(s) <= shown {
		return s
	}
	return string([]rune(s)[:shown]) + "…"
}

// longRun is how many digits in a row are no longer repeated.
const longRun = 7

// conceal leaves the first three and the last two of many digits in a row, by
// which two phones are told apart; what separates them in a phone number does
// not end the row.
func conceal(s string) string {
	var out strings.Builder
	runes := []rune(s)
	for i := 0; i < len(runes); {
		end, digits := run(runes[i:])
		if digits < longRun {
			end = max(end, 1)
			out.WriteString(string(runes[i : i+end]))
			i += end
			continue
		}
		all := onlyDigits(runes[i : i+end])
		out.WriteString(all[:3] + "…" + all[len(all)-2:])
		i += end
	}
	return out.String()
}

// run is how far a row of digits goes from the start, and how many they are. A
// dash behind four may be a date's and ends it.
func run(runes []rune) (end, digits int) {
	for i, r := range runes {
		switch {
		case '0' <= r && r <= '9':
			digits++
			end = i + 1
		case digits > 0 && (r == ' ' || r == '-' && i != 4):
		default:
			return end, digits
		}
	}
	return end, digits
}

func onlyDigits(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, string(runes))
}
