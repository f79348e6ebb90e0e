package record

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// VisitID identifies a visit.
type VisitID int64

// Visit is a 走访 of a household, of which there is one a day: with something
// to record, or with nothing (PRODUCT 2.6).
type Visit struct {
	ID        VisitID
	Village   village.ID
	Household household.ID
	On        calendar.Date
	Visitor   household.PersonID
	Record    RecordID // 0 where there was nothing to record
	Note      string
	KeptAt    time.Time
}

// NewVisit is a visit with nothing to record. It refuses whom New refuses, by
// the household and by the day, and with Invalid a note that is too long.
func NewVisit(s Scene, h household.Household, on calendar.Date, note string) (Visit, error) {
	if err := s.mayRecord(h); err != nil {
		return Visit{}, err
	}
	if err := s.dated(on); err != nil {
		return Visit{}, err
	}
	if !Fits(note, 0, LongestNote) {
		return Visit{}, fault.Refuse(fault.Invalid)
	}
	return Visit{Village: h.Village, Household: h.ID, On: on, Visitor: s.Staff.Person, Note: note, KeptAt: s.Now}, nil
}

// Visit is the visit that a record at the door was.
func (r Record) Visit(h household.ID) Visit {
	return Visit{Village: r.Village, Household: h, On: r.On, Visitor: r.Recorder, Record: r.ID, KeptAt: r.RecordedAt}
}
