package script

import (
	"fmt"
	"time"

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
func (p Picture) VisibleTo(who household.PersonID, judgeOf []village.ID) bool {
	return p.Photo.VisibleTo(who, judgeOf, p.Held)
}

// Unseen is a picture that waits for a person to look at it.
type Unseen struct {
	Hash string
	At   time.Time // when it was handed in, for the village that asks
	By   string    // who did
	// Item is the title of the item for which it is evidence, empty for none yet.
	Item     string
	Declared bool // it belongs to what a household told of itself
	// Held are all who handed it in, in any village.
	Held []household.PersonID
}

// For words what a picture is for; empty where nothing names it yet.
func (u Unseen) For() string {
	if u.Item == "" && u.Declared {
		return "村民申报"
	}
	return u.Item
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

// Unjudged words why somebody's look at a picture was not taken; "" for
// anything that needs no words of its own.
func Unjudged(code fault.Code) string {
	switch code {
	case fault.SamePerson:
		return "这张照片是您自己交的，要请别人来看。"
	case fault.Conflict:
		return "这张照片已经有人看过了。请刷新看看。"
	case fault.Invalid:
		return "不能看的，请写一句原因。"
	}
	return ""
}

// PhotoProblem words why a picture was not taken; "" for anything else.
func PhotoProblem(code fault.Code) string { return photoProblems[code] }
