package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// shelf notes what is left for later.
type shelf struct{ left []string }

func (s *shelf) Enqueue(kind string, payload any) error {
	s.left = append(s.left, fmt.Sprintf("%s %+v", kind, payload))
	return nil
}

// TestVoiceIsLeftToTheEngine: a recording is left once, however often it comes,
// and only where there is an engine and a recording.
func TestVoiceIsLeftToTheEngine(t *testing.T) {
	t.Parallel()
	town, left := newTown(), &shelf{}
	ports := town.ports()
	ports.Listen = ask.Listen{Once: once[ask.ListenTx](town, left)}
	b := bot.New(ports)
	for _, u := range []struct {
		bot.Update
		want string
	}{
		{bot.Update{Key: "17", From: "o-wang", Kind: bot.Voice, MediaID: "m1", At: time.Unix(0, 0).UTC()}, "正在听"},
		{bot.Update{Key: "17", From: "o-wang", Kind: bot.Voice, MediaID: "m1", At: time.Unix(0, 0).UTC()}, "正在听"},
		{bot.Update{Key: "18", From: "o-wang", Kind: bot.Voice}, "没听清"},
		{bot.Update{Key: "19", From: "o-new", Kind: bot.Voice, MediaID: "m2"}, "绑定"},
		{bot.Update{Key: "20", From: "o-wang", Kind: bot.Voice, MediaID: "m3", Words: "查分"}, "积分"},
	} {
		reply, err := b.Respond(t.Context(), u.Update)
		if err != nil || !strings.Contains(reply.Text, u.want) {
			t.Errorf("%s: %q, %v; want %s", u.Key, reply.Text, err, u.want)
		}
	}
	want := []string{"hear {Message:17 From:o-wang Media:m1 At:1970-01-01 00:00:00 +0000 UTC}"}
	if diff := cmp.Diff(want, left.left); diff != "" {
		t.Errorf("-want +left:\n%s", diff)
	}
}

// TestGuessedWordsAgreeToNothing: what the engine made out shows and turns
// pages as typed words do, but it never answers a question that changes something.
func TestGuessedWordsAgreeToNothing(t *testing.T) {
	t.Parallel()
	for _, o := range []struct{ step, data, words, want string }{
		{usecase.StepConfirm, "none:1", "确认", "请打字回：确认"},
		{usecase.StepConfirm, "none:1", "好的。", "请打字回：确认"},
		{usecase.StepConfirm, "none:1", "1", "请打字回那个数字"},
		{usecase.StepMenu, "none:1 none:2", "第二个", "请打字回那个数字"},
	} {
		c := newChat(t, newTown(), "o-wang")
		open := usecase.Step{Name: o.step, Data: o.data, Until: c.town.clock.Add(time.Minute)}
		c.town.steps["o-wang"] = open
		if got := c.send(bot.Update{Key: "1", Kind: bot.Voice, Words: o.words, Guessed: true}); !strings.Contains(got, o.want) {
			t.Errorf("%s: %q; want %s", o.words, got, o.want)
		}
		if c.town.steps["o-wang"] != open {
			t.Errorf("%s: the question is not open any more", o.words)
		}
		if got := c.send(bot.Update{Key: "2", Kind: bot.Text, Words: o.words}); strings.Contains(got, "请打字") || c.town.steps["o-wang"] == open {
			t.Errorf("%s, typed: %q; want it taken", o.words, got)
		}
	}
	c := newChat(t, newTown(), "o-wang")
	longYear(c.town, 60, 0)
	first := c.say("明细")
	spoken := func(key, words string) string {
		return c.send(bot.Update{Key: key, Kind: bot.Voice, Words: words, Guessed: true})
	}
	if page := spoken("more", "更多"); page == first || !strings.Contains(page, "条") {
		t.Errorf("更多: %q; want the next page", page)
	}
	if got := spoken("stop", "算了"); !strings.Contains(got, "不算了") {
		t.Errorf("算了: %q; want the list closed", got)
	}
}
