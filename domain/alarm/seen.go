// Package alarm is the supervision that is built in: what looks wrong about a
// quarter before it is published, each as a plain fact with the lines behind
// it, and the case that an alarm becomes (policy 工作要求; PRODUCT 2, supervision
// built in).
package alarm

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

// Seen is a village's quarter as somebody sees it who looks before it is
// published.
type Seen struct {
	Quarter calendar.Quarter
	// Homes are the households that the sheet will list.
	Homes  []Home
	Events []Event
	Visits []Visit
	// Kin are the declared ties within the village.
	Kin household.Kin
	// Team is who records, with their own households.
	Team []Recorder
	Now  time.Time
}

// Home is a household on the sheet to come.
type Home struct {
	ID     household.ID
	Joined calendar.Date
	// Before is what the household's events changed in each of the last four
	// sealed quarters, the newest first; shorter where there are fewer.
	Before []points.Tenths
}

// Recorder is somebody of the team.
type Recorder struct {
	Person     household.PersonID
	Households []household.ID
}

// Event is a pending or confirmed event that counts in the quarter.
type Event struct {
	ID        record.ID
	Household household.ID
	// Record is what the event was recorded with, together with other
	// households; 0 where it stands alone.
	Record     record.RecordID
	Item       string
	Tenths     points.Tenths
	OccurredOn calendar.Date
	RecordedAt time.Time
	Recorder   household.PersonID
	Confirmer  household.PersonID // 0 while pending
	Photos     []record.PhotoHash
	// Reused tells that one of its pictures, or one nearly alike, stands
	// elsewhere too, for something else.
	Reused bool
	// TakenOn is the day that the picture itself names, zero where it names none.
	TakenOn calendar.Date
}

// Visit is a household visited.
type Visit struct {
	Household household.ID
	By        household.PersonID
	On        calendar.Date
}
