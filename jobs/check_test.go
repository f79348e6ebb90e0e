package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/jobs"
)

// album is all that a Check stands on. It notes what happens to the picture.
type album struct {
	openid string
	done   bool
	fails  []error // of the platform, one after the other; then it answers
	broken bool    // the database
	events []string
}

func (a *album) PhotoToCheck(context.Context, string) (string, bool, error) {
	if a.broken {
		return "", false, errAway
	}
	return a.openid, !a.done, nil
}

func (a *album) Address(hash string) string { return "https://example.org/" + hash }

func (a *album) Asked(_ context.Context, hash, trace string) error {
	a.done, a.events = true, append(a.events, hash+" asked as "+trace)
	return nil
}

func (a *album) GiveUp(_ context.Context, hash string) error {
	a.done, a.events = true, append(a.events, hash+" given up")
	return nil
}

func (a *album) CheckMedia(_ context.Context, openid, address string) (string, error) {
	a.events = append(a.events, openid+" "+address)
	if len(a.fails) == 0 {
		return "t1", nil
	}
	err := a.fails[0]
	a.fails = a.fails[1:]
	return "", err
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const asked = "qian https://example.org/h"
	for name, test := range map[string]struct {
		a     album
		alone bool // without a Mini Program
		runs  int
		want  []string
	}{
		"asked":              {album{openid: "qian"}, false, 1, []string{asked, "h asked as t1"}},
		"asked once":         {album{openid: "qian"}, false, 3, []string{asked, "h asked as t1"}},
		"no Mini Program":    {album{openid: "qian"}, true, 1, []string{"h given up"}},
		"not of its people":  {album{}, false, 1, []string{"h given up"}},
		"judged already":     {album{openid: "qian", done: true}, false, 1, nil},
		"the database away":  {album{openid: "qian", broken: true}, false, 1, nil},
		"later it answers":   {album{openid: "qian", fails: []error{errAway, errAway}}, false, 3, []string{asked, asked, asked, "h asked as t1"}},
		"it never answers":   {album{openid: "qian", fails: []error{errAway, errAway, errAway, errAway, errAway}}, false, 5, []string{asked, asked, asked, asked, asked, "h given up"}},
		"it does not check":  {album{openid: "qian", fails: []error{fmt.Errorf("61010: %w", jobs.ErrUnchecked)}}, false, 1, []string{asked, "h given up"}},
		"no picture is left": {album{openid: "qian", done: true}, true, 2, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, log := &test.a, &bytes.Buffer{}
			c := jobs.Check{Checker: a, Pictures: a, Log: slog.New(slog.NewTextHandler(log, nil))}
			if test.alone {
				c.Checker = nil
			}
			for n := range test.runs {
				err := c.Run(t.Context(), []byte(`{"Hash":"h"}`), n+1)
				if more := n+1 < test.runs && !a.done || a.broken; (err != nil) != more {
					t.Errorf("run %d: %v", n+1, err)
				}
			}
			if diff := cmp.Diff(test.want, a.events); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCheckEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a := &album{openid: "qian", fails: []error{errors.Join(context.Canceled, jobs.ErrUnchecked)}}
	c := jobs.Check{Checker: a, Pictures: a, Log: slog.New(slog.DiscardHandler)}
	if err := c.Run(ctx, []byte(`{"Hash":"h"}`), 8); err == nil || a.done {
		t.Errorf("%v; want another process to ask", err)
	}
	for _, payload := range []string{"", "{", "{}"} {
		if err := c.Run(context.Background(), []byte(payload), 1); err == nil {
			t.Errorf("%q was taken", payload)
		}
	}
	if c.Name() == "" {
		t.Error("no name")
	}
}
