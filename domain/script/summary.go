package script

import (
	"fmt"

	"github.com/xiangfeng/xiangfeng/domain/alarm"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Exceptions are what the township's office is told of a month, exceptions only
// (PRODUCT 4).
type Exceptions struct {
	Place    string // the township's name
	Month    calendar.Month
	Sections []Exception
}

// ExceptionKind is what a section of the summary is about.
type ExceptionKind string

// The kinds, in their order.
const (
	NotPublished ExceptionKind = "late"
	InDispute    ExceptionKind = "disputes"
	NotSeen      ExceptionKind = "unvisited"
	AllAlike     ExceptionKind = "averaging"
	Overridden   ExceptionKind = "overrides"
	NotTold      ExceptionKind = "untold"
)

// Exception is a section of the summary, of at least one line.
type Exception struct {
	Kind  ExceptionKind
	Lines []ExceptionLine
}

// ExceptionLine is one of its lines.
type ExceptionLine struct {
	Village village.ID
	Place   string // the village's name
	Quarter calendar.Quarter
	Count   int // households, disputes or people
	Of      int
	Reason  string        // why it was overridden
	Outcome alarm.Outcome // how an alarm was closed
	Passed  bool          // it was overridden
	// Of a dispute: its number, when it is due, whether it was taken to the
	// township, and whether it is late.
	Number            int
	Due               calendar.Date
	Appealed, Overdue bool
}

// Title is what a section is called.
func (e Exception) Title() string {
	return map[ExceptionKind]string{
		NotPublished: "没有按时公示", InDispute: "异议超期，或者不服转到镇里", NotSeen: "有户没走访", AllAlike: "分数人人一样",
		Overridden: "写明理由放行的", NotTold: "绑了微信也没通知到的人",
	}[e.Kind]
}

// Text words a line of a section.
func (l ExceptionLine) Text(k ExceptionKind) string {
	switch k {
	case NotPublished:
		return l.Place + "：" + season(l.Quarter, 0) + "还没公示"
	case InDispute:
		text := l.Place + "：" + caseNo(l.Number)
		if l.Appealed {
			text += "不服，等镇里定"
		} else {
			text += "村里没办完"
		}
		if l.Overdue {
			return text + "，" + day(l.Due, l.Due.Year) + "已到期"
		}
		return text + "，" + day(l.Due, l.Due.Year) + "到期"
	case NotSeen:
		return fmt.Sprintf("%s：%d户里有%d户没走访", l.Place, l.Of, l.Count)
	case AllAlike:
		text := fmt.Sprintf("%s：%s%d户里有%d户一样", l.Place, season(l.Quarter, 0), l.Of, l.Count)
		switch {
		case l.Passed:
			return text + "，镇里已放行"
		case l.Outcome != "":
			return text + "，" + alarmOutcomes[l.Outcome]
		}
		return text + "，还没处理"
	case Overridden:
		return fmt.Sprintf("%s：%s，理由：%s", l.Place, season(l.Quarter, 0), l.Reason)
	}
	return fmt.Sprintf("%s：%d人绑了微信也没通知到，要用纸条告诉", l.Place, l.Count)
}

// Count is how many lines there are.
func (e Exceptions) Count() (n int) {
	for _, s := range e.Sections {
		n += len(s.Lines)
	}
	return n
}

// Villages are those that have a line, in the order of the sections, ten at most.
func (e Exceptions) Villages() []string {
	var all Exception
	for _, s := range e.Sections {
		all.Lines = append(all.Lines, s.Lines...)
	}
	names := all.villages()
	return names[:min(len(names), 10)]
}

// villages are those that have a line, each once, in the order of the lines.
func (e Exception) villages() (names []string) {
	seen := map[village.ID]bool{}
	for _, l := range e.Lines {
		if !seen[l.Village] {
			seen[l.Village] = true
			names = append(names, l.Place)
		}
	}
	return names
}

// Summary words a month for the chat: one row a section, and where the rest is.
func Summary(e Exceptions) string {
	head := fmt.Sprintf("%s%d年%d月", e.Place, e.Month.Year, e.Month.Month)
	if len(e.Sections) == 0 {
		return rows(head+"没有要看的事。", "想看各村，请打开小程序或管理台")
	}
	var wordings []string
	for _, named := range []int{3, 2, 1, 0} {
		lines := []string{head + "要看的事："}
		for _, s := range e.Sections {
			lines = append(lines, s.short(named))
		}
		wordings = append(wordings, rows(append(lines, "细看请打开小程序或管理台")...))
	}
	return firstFit(wordings...)
}

// short is a section in a row, naming so many of its villages.
func (e Exception) short(named int) string {
	sum := 0
	for _, l := range e.Lines {
		sum += l.Count
	}
	villages := e.villages()
	names := listOf(villages, len(villages), named, 8)
	if names != "" {
		names = "：" + names
	}
	switch e.Kind {
	case NotPublished:
		return fmt.Sprintf("没按时公示%d村%s", len(villages), names)
	case InDispute:
		return fmt.Sprintf("异议超期或转镇里%d件%s", len(e.Lines), names)
	case NotSeen:
		return fmt.Sprintf("没走访%d户%s", sum, names)
	case AllAlike:
		return fmt.Sprintf("分数人人一样%d村%s", len(villages), names)
	case Overridden:
		return fmt.Sprintf("放行%d次%s", len(e.Lines), names)
	}
	return fmt.Sprintf("绑了微信没通知到%d人%s", sum, names)
}
