package script

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/notice"
)

// Told is an occasion of which people of a village were told.
type Told struct {
	Occasion string
	Kind     notice.Kind
	Facts    notice.Facts // of one of them
	At       time.Time
}

// Pushed is a notice to one person, and how far it has come.
type Pushed struct {
	ID       int64
	Home     Home // its ID is 0 where it is about a village
	Name     string
	Occasion string
	Kind     notice.Kind
	State    notice.State
	Channel  notice.Channel // the newest
	Attempts int
	Code     int // the platform's last
	CameAt   time.Time
	At       time.Time // of the newest change
}

// Untold is what became of a village's notices of an occasion.
type Untold struct {
	Occasion  string
	Counts    map[notice.State]int
	Rows      []Pushed // who has still to be told on paper
	Homes     []Home   // those on the occasion's sheet with nobody bound and nobody told, by number
	Occasions []Told   // the village's newest
}

// PushTitle names an occasion for lists, with its day.
func PushTitle(t Told) string {
	on := calendar.DateOf(t.At)
	return pushTitle(t) + " " + day(on, on.Year)
}

func pushTitle(t Told) string {
	title := pushNames[t.Kind]
	switch {
	case t.Kind == notice.Published && t.Facts.Edition > 1:
		return longSeason(t.Facts.Quarter) + "重新公示"
	case t.Kind == notice.Published:
		return longSeason(t.Facts.Quarter) + "公示"
	case t.Kind == notice.Case && t.Facts.State == "nudged":
		return caseNo(t.Facts.Case) + " 催办"
	case t.Kind == notice.Case:
		return caseNo(t.Facts.Case) + " 等着办"
	case t.Kind == notice.Dispute:
		return caseNo(t.Facts.Case) + " " + disputeState(t.Facts.State)
	case t.Facts.Case != 0:
		return title + "（" + digits(int(t.Facts.Case)) + "号）"
	case t.Facts.Quarter != "":
		return longSeason(t.Facts.Quarter) + title
	}
	return title
}

// PushState writes how far a notice has come.
func PushState(s notice.State) string {
	return map[notice.State]string{
		notice.Waiting: "等着发", notice.Sending: "正在发", notice.Accepted: "微信收下了", notice.Delivered: "送到了", notice.InDoubt: "说不准到没到",
		notice.Unreachable: "发不到", notice.Declined: "本人关了提醒", notice.Expired: "过期没发",
	}[s]
}

// PushCure says what to do about a notice that did not arrive for sure, nothing
// for one that needs nothing.
func PushCure(s notice.State) string {
	switch s {
	case notice.Unreachable:
		return "请用纸条告知"
	case notice.InDoubt:
		return "请用纸条再告知一次"
	}
	return ""
}
