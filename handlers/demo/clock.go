package demo

import (
	"context"
	"net/http"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// morning is the hour at which the first day of a month is entered: late
// enough for everything that is told by day.
const morning = 9

// moves are the ways to set the clock forward.
var moves = map[string]func(now time.Time) time.Time{
	"hour":    func(now time.Time) time.Time { return now.Add(time.Hour) },
	"day":     func(now time.Time) time.Time { return now.AddDate(0, 0, 1) },
	"month":   func(now time.Time) time.Time { return firstMorning(now, 1) },
	"quarter": func(now time.Time) time.Time { return firstMorning(now, 3-int(now.Month()-1)%3) },
}

// firstMorning is the morning of the first day of the month so many months on.
func firstMorning(now time.Time, months int) time.Time {
	return time.Date(now.Year(), now.Month()+time.Month(months), 1, morning, 0, 0, 0, now.Location())
}

func (h *handler) move(w http.ResponseWriter, r *http.Request) {
	var wish struct {
		To string `json:"to"`
	}
	if err := decode(w, r, &wish); err != nil {
		refuse(w, err)
		return
	}
	next, known := moves[wish.To]
	if !known {
		refuse(w, errNoMove)
		return
	}
	h.finish(w, r, &h.stage, func(ctx context.Context) error {
		now := h.clock.Now().In(calendar.Shanghai)
		return h.clock.Move(ctx, next(now).Sub(now))
	})
}

// restart resets the demo. Every window begins anew even if that failed
// half-way.
func (h *handler) restart(w http.ResponseWriter, r *http.Request) {
	if err := decode(w, r, &struct{}{}); err != nil {
		refuse(w, err)
		return
	}
	h.finish(w, r, &h.stage, func(ctx context.Context) error {
		defer h.news.turn()
		defer h.albums.clear()
		return h.reset(ctx)
	})
}
