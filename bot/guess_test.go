package bot_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// signs are those of a card's number.
const signs = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// guesses is how many there are: 2,000, or as many as XIANGFENG_TEST_GUESSES says
// (make guesses: 20,000).
func guesses(t *testing.T) int {
	t.Helper()
	text := cmp.Or(os.Getenv("XIANGFENG_TEST_GUESSES"), "2000")
	n, err := strconv.Atoi(text)
	if err != nil || n < 2_000 {
		t.Fatalf("%q is not a number of guesses", text)
	}
	return n
}

// TestGuesses: of thousands of guesses by 101 people over hours, half of card
// numbers and half of the digits that go with a real card, none gets in, while
// honest people beside them do, on the very card that is guessed at.
func TestGuesses(t *testing.T) {
	t.Parallel()
	for _, d := range []struct {
		name     string
		database conformance.Database
		guesses  int
	}{{"sqlite", conformance.SQLite, guesses(t)}, {"postgres", conformance.Postgres, 2_000}} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			h := newHamlet(t, d.database)
			g := &guessing{T: t, h: h, desk: h.desk(), r: rand.New(rand.NewPCG(20, 26))}
			for n := range d.guesses {
				g.guess(n)
				if n == d.guesses/2 {
					g.honest("o-son", wangs, "4002", "申请送出去了")
				}
			}
			if g.asked < 101*10 || g.locked < d.guesses/3 {
				t.Errorf("%d guesses were looked at, %d refused as locked", g.asked, g.locked)
			}
			if h.wrong[0] == 0 || h.wrong[1] < enrol.Alarming {
				t.Errorf("%v wrong within the last hour", h.wrong)
			}
			g.honest("o-honest", lis, "1234", "好了，您的微信连上了黄桥村李建国家")
			for n := range 101 {
				if s, _, err := h.Standing(t.Context(), guesser(n)); err != nil || s.Homes != 0 {
					t.Errorf("%s belongs to %d households, %v", guesser(n), s.Homes, err)
				}
			}
		})
	}
}

type guessing struct {
	*testing.T
	h             *hamlet
	desk          enrol.Desk
	r             *rand.Rand
	n             int
	asked, locked int
}

func guesser(n int) string { return fmt.Sprintf("o-guess-%d", n%101) }

// guess is the nth. Half of the people try the digits of 李建国家, whose card they
// hold, the others numbers that are mostly one sign away from that card's.
func (g *guessing) guess(n int) {
	g.h.pass(time.Second)
	if from := guesser(n); n%101%2 == 0 {
		g.look(g.desk.Present(g.Context(), g.command(), from, enrol.Claim{Number: g.number()}))
	} else if !g.digits(from) {
		card, _ := hamletCard(lis)
		g.look(g.desk.Present(g.Context(), g.command(), from, enrol.Claim{Number: card.Number}))
		g.digits(from)
	}
}

// digits guesses the digits where a card was shown, and confirms what is asked.
func (g *guessing) digits(from string) bool {
	out := g.look(g.desk.Prove(g.Context(), g.command(), from, fmt.Sprintf("%04d", g.r.IntN(10_000))))
	if out.Facts.Step == usecase.StepConfirm {
		if _, _, err := g.desk.File(g.Context(), g.command(), from, out.Facts.ID); err != nil {
			g.Fatal(err)
		}
	}
	return out.Code == fault.Done || out.Code == fault.Locked
}

// look counts how a guess ended.
func (g *guessing) look(out fault.Outcome, err error) fault.Outcome {
	if err != nil {
		g.Fatal(err)
	}
	switch out.Code {
	case fault.Locked:
		g.locked++
	case fault.Done:
		g.asked++
	}
	return out
}

func (g *guessing) command() usecase.Command {
	g.n++
	return usecase.Command{Key: fmt.Sprint("guess-", g.n), Now: g.h.now()}
}

// number is no household's, and mostly one sign away from one.
func (g *guessing) number() string {
	card, _ := hamletCard(lis)
	number := []byte(card.Number)
	for number[10] == card.Number[10] || g.r.IntN(4) == 0 {
		number[3+g.r.IntN(8)] = signs[g.r.IntN(len(signs))]
	}
	return string(number)
}

// honest has card and digits, and gets what is due at once.
func (g *guessing) honest(from string, home household.ID, digits, want string) {
	g.Helper()
	var got string
	for n, words := range []string{filled(fmt.Sprintf("绑定 {card:%d}", home)), digits, "王小军", "确认"} {
		if words == "王小军" && !strings.Contains(got, "姓名") {
			continue
		}
		reply, err := g.h.bot().Respond(g.Context(), bot.Update{Key: fmt.Sprint(from, n), From: from, Kind: bot.Text, Words: words})
		if err != nil {
			g.Fatal(err)
		}
		got = reply.Text
	}
	if !strings.Contains(got, want) {
		g.Errorf("%s is answered %q; want %q in it", from, got, want)
	}
}
