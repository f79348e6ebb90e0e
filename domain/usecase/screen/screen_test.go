package screen_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/screen"
)

// words keeps outcomes in a map, and knows whether the platform was asked while
// a transaction was open.
type words struct {
	screen.Words
	kept   map[string]fault.Outcome
	inside bool
	failed int
	passed []bool // what was noted of the words
}

func (w *words) Pass(_ []string, passed bool, _ time.Time) error {
	w.passed = append(w.passed, passed)
	return nil
}

func checking(t *testing.T, ask func(ctx context.Context, words string) (screen.Found, error)) *words {
	w := &words{kept: map[string]fault.Outcome{}}
	w.Once = func(_ context.Context, cmd usecase.Command, act func(screen.Tx) (fault.Outcome, error)) (fault.Outcome, error) {
		if out, ok := w.kept[cmd.Key]; ok {
			return out, nil
		}
		w.inside = true
		defer func() { w.inside = false }()
		out, err := act(w)
		w.kept[cmd.Key] = out
		return out, err
	}
	w.Ask = func(ctx context.Context, openid, words string) (screen.Found, error) {
		if w.inside || openid != "mini" {
			t.Errorf("asked for %q, within a transaction: %v", openid, w.inside)
		}
		return ask(ctx, words)
	}
	w.Failed = func(error) { w.failed++ }
	return w
}

func bad(_ context.Context, words string) (screen.Found, error) {
	switch {
	case strings.Contains(words, "坏"):
		return screen.Risky, nil
	case strings.Contains(words, "疑"):
		return screen.Doubted, nil
	}
	return screen.Passed, nil
}

func TestOnlyRiskyWordsAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("好", 3000)
	for _, test := range []struct {
		words []string
		risky bool
	}{
		{[]string{"好"}, false}, {[]string{"", " "}, false}, {nil, false},
		{[]string{"坏"}, true}, {[]string{"好", "", "坏"}, true}, {[]string{long, long + "坏"}, true}, {[]string{long}, false},
		{[]string{"疑"}, false}, {[]string{"疑" + long, "坏"}, true},
	} {
		err := checking(t, bad).Do(t.Context(), usecase.Command{Key: "k"}, "mini", test.words...)
		if (fault.CodeOf(err) == fault.TextRisky) != test.risky || err != nil && !test.risky {
			t.Errorf("%.20q: %v", test.words, err)
		}
	}
	for name, w := range map[string]screen.Words{"no Mini Program": {}, "nobody of the Mini Program": checking(t, bad).Words} {
		if err := w.Do(t.Context(), usecase.Command{Key: "k"}, "", "坏"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheFirstFindingStands: for a repeat the platform may say something else.
func TestTheFirstFindingStands(t *testing.T) {
	t.Parallel()
	all := []screen.Found{screen.Passed, screen.Doubted, screen.Risky}
	for _, first := range all {
		says := first
		w := checking(t, func(context.Context, string) (screen.Found, error) { return says, nil })
		for _, says = range append([]screen.Found{first}, all...) {
			err := w.Do(t.Context(), usecase.Command{Key: "k"}, "mini", "字")
			if (fault.CodeOf(err) == fault.TextRisky) != (first == screen.Risky) {
				t.Errorf("first %v, now %v: %v", first, says, err)
			}
		}
		if first == screen.Risky && len(w.passed) > 0 || first != screen.Risky && !slices.Equal(w.passed, []bool{first == screen.Passed}) {
			t.Errorf("first %v: %v was noted", first, w.passed)
		}
	}
}

// TestSilenceGoesThrough: who is silent is not waited for, and neither silence
// nor a platform that fails stops anybody.
func TestSilenceGoesThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		silent := checking(t, func(ctx context.Context, _ string) (screen.Found, error) {
			<-ctx.Done()
			return screen.Passed, ctx.Err()
		})
		if err := silent.Do(t.Context(), usecase.Command{Key: "k"}, "mini", strings.Repeat("字", 9000)); err != nil || silent.failed != 1 {
			t.Errorf("%v, %d noted", err, silent.failed)
		}
	})
	broken := checking(t, func(context.Context, string) (screen.Found, error) { return "", errors.New("61010") })
	if err := broken.Do(t.Context(), usecase.Command{Key: "k"}, "mini", "字"); err != nil || broken.failed != 1 || !slices.Equal(broken.passed, []bool{false}) {
		t.Errorf("%v, %d noted", err, broken.failed)
	}
}
