package mini_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/screen"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

type unseen struct {
	Photos []struct {
		Hash, URL, Thumb, By, For string
		MayJudge                  bool `json:"may_judge"`
	}
}

// waits is how many of a kind /waiting says wait for somebody.
func (w *world) waits(t *testing.T, token, kind string) (n int) {
	t.Helper()
	var found struct {
		Items []struct {
			Kind  string
			Count int
		}
	}
	w.call(http.MethodGet, "/waiting", token, nil).into(t, &found)
	for _, i := range found.Items {
		if i.Kind == kind {
			n += i.Count
		}
	}
	return n
}

// TestSomebodyLooks: a picture that the platform did not judge is listed for who
// may decide, judged once, and then shown or not.
func TestSomebodyLooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	list := "/villages/" + s["village"] + "/photos"
	leader, deputy, officer := s["token leader"], s["token deputy"], s["token officer"]
	own := w.picture(t, leader, "picture of the leader's")
	w.execute(t, "UPDATE photo SET check_state = 'person' WHERE hash = '"+own+"'")

	var seen unseen
	w.call(http.MethodGet, list, leader, nil).into(t, &seen)
	if len(seen.Photos) != 2 || seen.Photos[0].URL == "" || seen.Photos[0].Thumb == "" || seen.Photos[0].By == "" {
		t.Fatalf("%+v", seen)
	}
	for _, p := range seen.Photos {
		if p.MayJudge == (p.Hash == own) {
			t.Errorf("%+v", p)
		}
	}
	for token, want := range map[string]int{leader: 1, deputy: 2, officer: 2, s["token team_member"]: 0, s["token plain"]: 0} {
		if n := w.waits(t, token, "photos"); n != want {
			t.Errorf("%d wait; want %d", n, want)
		}
	}
	judge := func(token, hash, body string) answer {
		return w.call(http.MethodPost, "/photos/"+hash+"/judge", token, body)
	}
	for _, test := range []struct {
		token, hash, body string
		status            int
		says              string
	}{
		{leader, own, `{"pass":true}`, 422, "要请别人来看"},
		{deputy, own, `{"pass":false,"reason":" "}`, 400, "写一句原因"},
		{deputy, own, `{"pass":false,"reason":"看不清"}`, 200, ""},
		{officer, own, `{"pass":true}`, 409, "已经有人看过"},
		{officer, s["unseen"], `{"pass":true}`, 200, ""},
	} {
		if got := judge(test.token, test.hash, test.body); got.status != test.status || !strings.Contains(got.body, test.says) {
			t.Errorf("%s: %d %s", test.body, got.status, got.body)
		}
	}
	if n := w.waits(t, deputy, "photos"); n != 0 {
		t.Errorf("%d wait still", n)
	}
	if n := w.count(t, "audit WHERE what IN ('photo_passed', 'photo_refused')"); n != 2 {
		t.Errorf("%d audit lines", n)
	}
}

// TestRiskyWords change nothing, wherever they are typed, and a repeat is told
// the same; what the platform doubts or does not answer goes through.
func TestRiskyWords(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); riskyWords(t, newWorld(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); riskyWords(t, worldOn(t, conformance.Postgres(t))) })
}

func riskyWords(t *testing.T, w *world) {
	s := w.stage(t, township()[0], "a")
	member, plain, leader := s["token team_member"], s["token plain"], s["token leader"]
	finds := func(_ context.Context, openid, words string) (screen.Found, error) {
		if !strings.HasPrefix(openid, "o") {
			t.Errorf("asked for %q", openid)
		}
		if strings.Contains(words, "坏话") {
			return screen.Risky, nil
		}
		return screen.Passed, nil
	}
	w.wechat.words = finds
	before := w.state(t)
	fill := func(body string) string {
		return strings.NewReplacer("{village}", s["village"], "{home}", s["home"], "{item}", s["item"], "{bad}", s["bad"], "{card}", s["card"], "{evidence}", s["evidence"], "{photo}", s["photo"]).Replace(body)
	}
	type typed struct{ token, path, body string }
	all := []typed{
		{plain, "/declarations", `{"household":"{home}","words":"坏话","on":"2026-11-20"}`},
		{plain, "/warnings/" + s["warning"] + "/mend", `{"words":"坏话"}`},
		{member, "/records", `{"village":"{village}","targets":[{"household":"{home}"}],"item":"{item}","on":"2026-11-20","note":"坏话","evidence":{evidence}}`},
		{member, "/records", `{"village":"{village}","targets":[{"household":"{home}"}],"item":"{item}","on":"2026-11-20","place":"坏话","evidence":{evidence}}`},
		{member, "/records", `{"village":"{village}","targets":[{"household":"{home}"}],"item":"{item}","on":"2026-11-20","evidence":[{"proof":"photo","photo":"{photo}"},{"proof":"hours","words":"坏话"}]}`},
		{member, "/events/" + s["event"] + "/correct", `{"item":"{item}","on":"2026-11-19","note":"坏话"}`},
		{member, "/events/" + s["event"] + "/withdraw", `{"reason":"坏话"}`},
		{member, "/visits", `{"village":"{village}","target":{"card":"{card}"},"on":"2026-11-20","note":"坏话"}`},
		{member, "/asides/" + s["aside"] + "/drop", `{"reason":"坏话"}`},
		{member, "/declarations/" + s["declaration"] + "/take", `{"item":"{item}","note":"坏话","evidence":{evidence}}`},
		{member, "/declarations/" + s["declaration"] + "/decline", `{"reason":"坏话"}`},
		{member, "/warnings", `{"village":"{village}","target":{"household":"{home}"},"item":"{bad}","note":"坏话","photos":["{photo}"]}`},
		{member, "/warnings/" + s["warning"] + "/close", `{"mended":true,"note":"坏话"}`},
		{leader, "/photos/" + s["unseen"] + "/judge", `{"pass":false,"reason":"坏话"}`},
	}
	for i, one := range all {
		for _, says := range []func(context.Context, string, string) (screen.Found, error){
			finds,
			func(context.Context, string, string) (screen.Found, error) {
				return "", errors.New("nothing is heard of it")
			},
		} {
			w.wechat.words = says
			got := w.keyed(http.MethodPost, one.path, one.token, fmt.Sprintf("risky-key-%d", i), fill(one.body))
			if got.status != http.StatusUnprocessableEntity || got.code() != "text_risky" || !strings.Contains(got.body, "改一改") {
				t.Errorf("%s %s: %d %s", one.path, one.body, got.status, got.body)
			}
		}
	}
	for table, now := range w.state(t) {
		if now != before[table] {
			t.Errorf("table %s has changed", table)
		}
	}
	w.wechat.words = func(context.Context, string, string) (screen.Found, error) { return "", errors.New("61010") }
	through := w.keyed(http.MethodPost, "/declarations", plain, "unsure-key", fill(all[0].body))
	w.wechat.words = finds
	again := w.keyed(http.MethodPost, "/declarations", plain, "unsure-key", fill(all[0].body))
	if through.status != http.StatusOK || again.body != through.body {
		t.Errorf("%d %s, then %s", through.status, through.body, again.body)
	}
	w.execute(t, "DELETE FROM answer") // it was lost on the way: the act is done all the same
	if again := w.keyed(http.MethodPost, "/declarations", plain, "unsure-key", fill(all[0].body)); again.body != through.body {
		t.Errorf("where the answer was lost: %s", again.body)
	}
}

// TestDoubtedWords are for the team: the household reads a sentence in their
// place, until the platform passes the same words.
func TestDoubtedWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.stage(t, township()[0], "a")
	member, plain := s["token team_member"], s["token plain"]
	says := screen.Doubted
	w.wechat.words = func(context.Context, string, string) (screen.Found, error) { return says, nil }
	fill := func(body string) string {
		return strings.NewReplacer("{village}", s["village"], "{home}", s["home"], "{item}", s["item"], "{evidence}", s["evidence"]).Replace(body)
	}
	note := fill(`{"village":"{village}","targets":[{"household":"{home}"}],"item":"{item}","on":"2026-11-20","note":"说不准的话","evidence":{evidence}}`)
	var made struct{ ID string }
	w.call(http.MethodPost, "/records", member, note).into(t, &made)
	w.call(http.MethodPost, "/declarations/"+s["declaration"]+"/decline", member, `{"reason":"说不准的话"}`).into(t, &struct{}{})
	w.execute(t, "UPDATE warning SET note = '说不准的话'")
	reads := []string{"/households/" + s["home"] + "/lines", "/households/" + s["home"] + "/declarations", "/households/" + s["home"] + "/warnings"}
	for _, path := range reads {
		if got := w.call(http.MethodGet, path, plain, nil); got.status != http.StatusOK || strings.Contains(got.body, "说不准的话") || !strings.Contains(got.body, script.Withheld) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for _, path := range []string{"/records/" + made.ID, "/villages/" + s["village"] + "/warnings"} {
		if got := w.call(http.MethodGet, path, member, nil); !strings.Contains(got.body, "说不准的话") {
			t.Errorf("the team's %s: %d %s", path, got.status, got.body)
		}
	}
	says = screen.Passed
	w.call(http.MethodPost, "/records", member, note).into(t, &made)
	for _, path := range reads {
		if got := w.call(http.MethodGet, path, plain, nil); !strings.Contains(got.body, "说不准的话") {
			t.Errorf("%s, passed by now: %d %s", path, got.status, got.body)
		}
	}
}
