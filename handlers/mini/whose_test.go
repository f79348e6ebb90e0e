package mini_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase/screen"
)

// TestWhoseItWas: whoever scanned a card without a signal learns whose it was
// from the answer, whether the act was taken or refused for whatever reason.
func TestWhoseItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := township()[0]
	s, far := w.stage(t, v, "a"), w.stage(t, township()[1], "b")
	w.wechat.words = func(_ context.Context, _, words string) (screen.Found, error) {
		if strings.Contains(words, "bad") {
			return screen.Risky, nil
		}
		return screen.Passed, nil
	}
	leader := s["token leader"]
	var me me
	w.call(http.MethodGet, "/me", leader, nil).into(t, &me)
	ownID, _ := w.ids.Open("hous", me.Households[0].ID)
	own := cardOf(t, v, household.ID(ownID))
	record := func(card, item, on, evidence, note string) answer {
		return w.call(http.MethodPost, "/records", leader, fmt.Sprintf(`{"village":%q,"targets":[{"card":%q}],"item":%q,"on":%q,"note":%q,"evidence":%s}`, s["village"], card, item, on, note, evidence))
	}
	visit := func(card, on string) answer {
		return w.call(http.MethodPost, "/visits", leader, fmt.Sprintf(`{"village":%q,"target":{"card":%q},"on":%q}`, s["village"], card, on))
	}
	warn := func(card string) answer {
		return w.call(http.MethodPost, "/warnings", leader, fmt.Sprintf(`{"village":%q,"target":{"card":%q},"item":%q,"photos":[%q]}`, s["village"], card, s["bad"], s["photo"]))
	}
	for _, test := range []struct {
		name string
		got  answer
		code string
		home string
	}{
		{"own", record(own, s["item"], "2026-11-20", s["evidence"], ""), "kin", me.Households[0].ID},
		{"too old", record(s["card"], s["item"], "2026-01-20", s["evidence"], ""), "too_old", s["home"]},
		{"ahead", record(s["card"], s["item"], "2026-12-20", s["evidence"], ""), "in_future", s["home"]},
		{"no evidence", record(s["card"], s["item"], "2026-11-20", "[]", ""), "evidence_missing", s["home"]},
		{"no such item", record(s["card"], "NONE", "2026-11-20", s["evidence"], ""), "not_found", s["home"]},
		{"risky words", record(s["card"], s["item"], "2026-11-20", s["evidence"], "bad"), "text_risky", s["home"]},
		{"warn first", record(s["card"], s["bad"], "2026-11-20", s["evidence"], ""), "warn_first", s["home"]},
		{"visit of one's own", visit(own, "2026-11-20"), "kin", me.Households[0].ID},
		{"visit to come", visit(s["card"], "2026-12-20"), "in_future", s["home"]},
		{"warned twice", warn(s["card"]), "conflict", s["home"]},
	} {
		var body said
		test.got.problem(t, &body)
		if body.Code != test.code || body.Household == nil || body.Household.ID != test.home || body.Household.Head == "" {
			t.Errorf("%s: %d %s", test.name, test.got.status, test.got.body)
		}
	}
	_, theirs := villager(t, v, 1)
	card := cardOf(t, v, theirs.ID)
	for name, got := range map[string]answer{"visited": visit(card, "2026-11-20"), "warned": warn(card)} {
		var body said
		got.into(t, &body)
		if body.Household == nil || body.Household.Number != theirs.Number || body.Household.Head != theirs.Head {
			t.Errorf("%s: %s", name, got.body)
		}
	}
	for name, got := range map[string]answer{
		"a foreign card": record(far["card"], s["item"], "2026-11-20", s["evidence"], ""), "a missing one": record("XF-ZZZZZZZZ", s["item"], "2026-11-20", s["evidence"], ""),
		"a foreign card, too old": record(far["card"], s["item"], "2026-01-20", s["evidence"], ""), "a missing one, too old": record("XF-ZZZZZZZZ", s["item"], "2026-01-20", s["evidence"], ""),
	} {
		if strings.Contains(got.body, "household") {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}
