package main

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// route is a way that a kind of notice goes by, and how its template is filled.
type route struct {
	notice.Way
	slots []script.Slot
	page  string // of the Mini Program, where a tap leads
}

// kinds are the notices whose ways are configured, with their keys.
func (p pushing) kinds() map[notice.Kind]string {
	return map[notice.Kind]string{
		notice.Published: p.Published, notice.Dispute: p.Dispute, notice.Case: p.Case, notice.Timetable: p.Timetable,
		notice.Late: p.Late, notice.Visits: p.Visits, notice.Summary: p.Summary, notice.Alarm: p.Alarm,
	}
}

// check returns everything that is wrong, a sentence each.
func (p pushing) check() (wrong []string) {
	if n, err := strconv.Atoi(p.Pace); err != nil || n < 0 {
		wrong = append(wrong, script.WrongKey("push.pace", "要写每秒最多几条，0 是不限"))
	}
	if n, err := strconv.Atoi(p.TemplateDaily); err != nil || n < 0 {
		wrong = append(wrong, script.WrongKey("push.template_daily", "要写每天最多几条，0 是不限"))
	}
	if _, why := routesOf(p.Usual); why != "" {
		wrong = append(wrong, script.WrongKey("push.usual", why))
	}
	for kind, text := range p.kinds() {
		if _, why := routesOf(text); why != "" {
			wrong = append(wrong, script.WrongKey("push."+string(kind), why))
		}
	}
	return wrong
}

// routes are those of each kind; the configuration was checked.
func (p pushing) routes() map[notice.Kind][]route {
	usual, _ := routesOf(p.Usual)
	all := map[notice.Kind][]route{}
	for kind, text := range p.kinds() {
		all[kind] = usual
		if own, _ := routesOf(text); len(own) > 0 {
			all[kind] = own
		}
	}
	return all
}

// reaching tells whether a quarter's sheet is told to others than those who wrote
// within two days.
func (p pushing) reaching() bool {
	return slices.ContainsFunc(p.routes()[notice.Published], func(r route) bool { return r.Channel.Templated() })
}

// pause is the time between two messages, at the configured pace.
func (p pushing) pause() time.Duration {
	n, _ := strconv.Atoi(p.Pace)
	if n == 0 {
		return 0
	}
	return time.Second / time.Duration(n)
}

func (p pushing) daily() map[notice.Channel]int {
	n, _ := strconv.Atoi(p.TemplateDaily)
	return map[notice.Channel]int{notice.Template: n}
}

// routesOf reads lines such as
//
//	template TEMPLATE_ID thing1=home date2=until const3=:待处理 page=pages/home/home
//
// apart by line ends or semicolons. why says what is wrong with the first bad one.
func routesOf(text string) (all []route, why string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		r := route{Way: notice.Way{Channel: notice.Channel(words[0])}}
		switch {
		case !slices.Contains(notice.Channels(), r.Channel):
			return nil, script.NoSuchChannel(words[0])
		case slices.ContainsFunc(all, func(o route) bool { return o.Channel == r.Channel }):
			return nil, script.ChannelTwice(words[0])
		case r.Channel.Templated() && len(words) < 3:
			return nil, script.NoTemplate(words[0])
		case !r.Channel.Templated() && len(words) > 1:
			return nil, script.NoSlot(words[0], words[1])
		}
		if r.Channel.Templated() {
			r.Template = words[1]
			for _, w := range words[2:] {
				field, content, _ := strings.Cut(w, "=")
				slot := script.Slot{Field: field, Content: content}
				switch {
				case field == "page" && content != "":
					r.page = content
				case !slot.Fits():
					return nil, script.NoSlot(words[0], w)
				default:
					r.slots = append(r.slots, slot)
				}
			}
			if len(r.slots) == 0 {
				return nil, script.NoTemplate(words[0])
			}
		}
		all = append(all, r)
	}
	return all, ""
}
