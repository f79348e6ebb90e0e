package local

import (
	"time"
)

// shanghai is the platform's calendar; its quota days end at midnight there.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

type usage struct {
	day, minute             string
	callsOfDay, callsMinute int
}

// spendQuota counts one call of an account and returns 45009 or 45011 when it is one too many.
func (w *WeChat) spendQuota(a *app, path string, e endpoint, now time.Time) int {
	u := a.usage[path]
	if u == nil {
		u = &usage{}
		a.usage[path] = u
	}
	local := now.In(shanghai)
	if day := local.Format(time.DateOnly); day != u.day {
		u.day, u.callsOfDay = day, 0
	}
	if minute := local.Format("2006-01-02 15:04"); minute != u.minute {
		u.minute, u.callsMinute = minute, 0
	}
	u.callsOfDay++
	u.callsMinute++
	switch {
	case u.callsOfDay > w.dailyLimit(path, e.daily):
		return 45009
	case e.minute > 0 && u.callsMinute > e.minute:
		return 45011
	}
	return 0
}

// clearsAMonth is how often an account may have its quotas given back in a calendar month.
const clearsAMonth = 10

// clearQuota is POST /cgi-bin/clear_quota: today's calls of every path are forgotten.
func (w *WeChat) clearQuota(c call) any {
	var in struct {
		AppID string `json:"appid"`
	}
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	if in.AppID != c.app.appID {
		return apiError(c.now, 40013)
	}
	if month := c.now.In(shanghai).Format("2006-01"); month != c.app.clearMonth {
		c.app.clearMonth, c.app.clears = month, 0
	}
	if c.app.clears >= clearsAMonth {
		return apiError(c.now, 48006)
	}
	c.app.clears++
	clear(c.app.usage)
	return accepted
}

// getQuota is POST /cgi-bin/openapi/quota/get.
func (w *WeChat) getQuota(c call) any {
	var in struct {
		Path string `json:"cgi_path"`
	}
	if !decode(c.body, &in) {
		return apiError(c.now, 47001)
	}
	e, known := w.paths[in.Path]
	if !known {
		return apiError(c.now, 76021)
	}
	used := 0
	if u := c.app.usage[in.Path]; u != nil && u.day == c.now.In(shanghai).Format(time.DateOnly) {
		used = u.callsOfDay
	}
	limit := w.dailyLimit(in.Path, e.daily)
	type quota struct {
		DailyLimit int `json:"daily_limit"`
		Used       int `json:"used"`
		Remain     int `json:"remain"`
	}
	return struct {
		errorBody
		Quota quota `json:"quota"`
	}{accepted, quota{limit, used, max(limit-used, 0)}}
}
