// Package suggestion is what villagers say about the scheme and those who run
// it: a proposal, or a complaint that the village never reads (PRODUCT 3).
package suggestion

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Kind tells a proposal from a complaint.
type Kind string

// The kinds.
const (
	Proposal  Kind = "proposal"  // 建议
	Complaint Kind = "complaint" // 投诉, 举报: about cadres or another household
)

// Audience is who may read it.
type Audience string

// The audiences. What is said about cadres or another household is the office's alone.
const (
	Office  Audience = "office"  // the township's office, and nobody of the village
	Village Audience = "village" // the village and the office
)

// The limits: how many a person files a day, and how long one is, in characters.
const (
	PerDay   = 20
	Shortest = 4
	Longest  = 500
)

// Suggestion is one that was filed, with its number in the township's year.
type Suggestion struct {
	ID        int64
	Township  village.TownshipID
	Year      int
	Serial    int
	Village   village.ID
	Household household.ID
	Person    household.PersonID
	Kind      Kind
	Audience  Audience
	Words     string
	FiledAt   time.Time
	// Answer is empty until AnsweredAt.
	Answer     string
	AnsweredAt time.Time
}

// Number names it to people, such as 2026-0012.
func (s Suggestion) Number() string { return fmt.Sprintf("%d-%04d", s.Year, s.Serial) }

// about are words that speak of somebody.
var about = []string{
	"投诉", "举报", "干部", "书记", "支书", "主任", "会计", "组长", "村长", "委员", "小组", "老板", "他家", "她家", "那家", "那户", "别家", "人家", "隔壁", "邻居", "有人", "有些户",
	"亲戚", "凭啥", "凭什么", "凭哈", "不公", "偏心", "作假", "假", "收钱", "态度",
}

// KindOf is a complaint wherever the words speak of somebody: to take a
// complaint for a proposal would let those read it whom it is about.
func KindOf(words string) Kind {
	if slices.ContainsFunc(about, func(a string) bool { return strings.Contains(words, a) }) {
		return Complaint
	}
	return Proposal
}

// Audiences are who may be chosen to read one of the kind, the narrowest first.
func (k Kind) Audiences() []Audience {
	if k == Proposal {
		return []Audience{Office, Village}
	}
	return []Audience{Office}
}
