package script

import (
	"fmt"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Kept is a picture that was handed in, with where its person sees it for the
// next minutes.
type Kept struct {
	Hash       string
	URL, Thumb string
	// SeenBefore tells that it, or one that looks alike, is the evidence of an
	// event already.
	SeenBefore bool
}

// Picture is a kept picture with who handed it in.
type Picture struct {
	photo.Photo
	Held []photo.Holding
}

// VisibleTo tells whether somebody may see the picture.
func (p Picture) VisibleTo(who household.PersonID, teamOf []village.ID) bool {
	return p.Photo.VisibleTo(who, teamOf, p.Held)
}

// Alike is a use of a picture that is, or looks like, another one.
type Alike struct {
	Hash   string
	Exact  bool
	Event  int64
	Record int64 // that the event was recorded with
	// Place and day of that event.
	Village    village.ID
	Household  household.ID
	OccurredOn calendar.Date
}

// Reused words that a picture of a record is, or looks like, the evidence of
// another one: the assessor decides what to make of it.
func Reused(a Alike) string {
	how := "很像"
	if a.Exact {
		how = "是同一张"
	}
	return fmt.Sprintf("和%d年%d月%d日另一条的照片%s，请核实。", a.OccurredOn.Year, a.OccurredOn.Month, a.OccurredOn.Day, how)
}

// photoProblems say why a picture was not taken, and what to do.
var photoProblems = map[fault.Code]string{
	photo.BadFormat: "这个文件不是照片。请用手机拍一张（JPG、PNG 都可以）。",
	photo.TooBig:    "照片太大，超过10兆。请重拍一张小一点的。",
	photo.TooLarge:  "照片太大，收不下。请用手机重拍一张。",
	photo.Broken:    "照片打不开，可能没传完。请再传一次。",
}

// PhotoProblem words why a picture was not taken; "" for anything else.
func PhotoProblem(code fault.Code) string { return photoProblems[code] }
