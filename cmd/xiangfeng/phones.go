package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/handlers/demo"
)

// menu is the official account's, as the page draws it.
func menu(entries []script.MenuEntry) []demo.MenuEntry {
	var out []demo.MenuEntry
	for _, e := range entries {
		out = append(out, demo.MenuEntry{Key: e.Key, Label: e.Label, Sub: menu(e.Sub)})
	}
	return out
}

// people are who can be played, under their village.
func people() []demo.Person {
	var out []demo.Person
	for _, c := range sample.DemoCast() {
		out = append(out, demo.Person{OpenID: c.OpenID, Name: c.Name, Note: c.Note, Group: cmp.Or(c.Village, c.Role)})
	}
	for n, c := range sample.DemoTeam() {
		group := "积分工作组"
		if n > 4 {
			group = c.Village + "工作组"
		}
		out = append(out, demo.Person{OpenID: c.OpenID, Name: c.Name, Note: c.Note, Group: group, Team: true})
	}
	return out
}

// phones lets the demo page play the local WeChat on the stage.
type phones struct{ *theatre }

// done drops what the page reads from the chat anyway, and tells what the
// phone cannot do from what went wrong.
func done(_ local.Exchange, err error) error {
	for _, cannot := range []error{local.ErrNotFollowing, local.ErrFollowing, local.ErrEmpty, local.ErrUnknownPerson, local.ErrNoSuchButton, local.ErrNoMedium} {
		if errors.Is(err, cannot) {
			return fmt.Errorf("%w: %w", demo.ErrNotNow, err)
		}
	}
	return err
}

func (p phones) Say(ctx context.Context, openid, words string) error {
	return done(p.current().wechat.Say(ctx, openid, words))
}

func (p phones) Speak(ctx context.Context, openid, recognition string) error {
	return done(p.current().wechat.SayVoice(ctx, openid, recognition))
}

func (p phones) Click(ctx context.Context, openid, key string) error {
	return done(p.current().wechat.Click(ctx, openid, key))
}

func (p phones) Picture(ctx context.Context, openid string, jpeg []byte) error {
	return done(p.current().wechat.SendImage(ctx, openid, jpeg))
}

func (p phones) Follow(ctx context.Context, openid string) error {
	return done(p.current().wechat.Follow(ctx, openid, ""))
}

func (p phones) Unfollow(ctx context.Context, openid string) error {
	return done(p.current().wechat.Unfollow(ctx, openid))
}

func (p phones) Following(openid string) bool {
	for _, person := range p.current().wechat.People() {
		if person.OpenID == openid {
			return person.Following
		}
	}
	return false
}

func (p phones) Chat(openid string) []demo.Line {
	lines := p.current().wechat.Inbox(openid)
	out := make([]demo.Line, len(lines))
	for i, l := range lines {
		out[i] = demo.Line{ID: l.ID, At: l.At, By: demo.By(l.By), Kind: string(l.Kind), Text: l.Text}
	}
	return out
}

func (p phones) Wire(after int64) []demo.Packet {
	traces := p.current().wechat.TraceSince(after)
	out := make([]demo.Packet, len(traces))
	for i, t := range traces {
		out[i] = demo.Packet{
			ID: t.ID, At: t.At, Took: t.Took, Direction: demo.Direction(t.Direction), Kind: t.Kind, Method: t.Method, URL: t.URL,
			Status: t.Status, Request: t.Request, Response: t.Response,
			PlainRequest: t.PlainRequest, PlainResponse: t.PlainResponse, Note: t.Note,
		}
	}
	return out
}

func (p phones) Wait(ctx context.Context, after int64) {
	_, _ = p.current().wechat.Watch(ctx, after) // its error is ctx's
}
