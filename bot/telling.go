package bot

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// telling takes the words that the open question waits for, such as what
// somebody complains about. Words that are a question of their own, a number
// or 取消 are never taken.
func telling() intent {
	return intent{
		name:  "telling",
		match: func(m message) bool { return m.waits != "" },
		handle: func(b *Bot, ctx context.Context, m message) (Reply, error) {
			name, with, _ := strings.Cut(m.waits, ":")
			if take, ok := b.acts[name]; ok {
				return take(b, ctx, m, with)
			}
			return b.offer(ctx, m) // kept by a version that knew it
		},
	}
}

// loose tells whether the words may be what an open question waits for. Only
// then is the question read, so that what most people ask costs nothing more.
func (m message) loose() bool {
	words := m.who.Home.ID != 0 && m.clean != "" && m.phrase == "" && !slices.Contains(yes, m.clean)
	return words && (m.tags&^filler == 0 && !m.asks() || m.reasons())
}

// asks tells whether the words are a question of their own.
func (m message) asks() bool { return slices.Contains(questions, m.intent) }

// reasons tells whether the words may be why a line is wrong although they sound
// like a question about it: only those of an objection are taken so.
func (m message) reasons() bool {
	return m.intent != "" && utf8.RuneCountInString(m.clean) >= explaining
}

// explaining is how many characters a reason has that sounds like a question.
const explaining = 10

// questions are the intents whose words are never taken for an answer.
var questions = []string{"points", "lines", "rank", "top", "township", "published", "household", "help"}

// waiting is the act that takes the message's words, "" for none. An act whose
// name ends in -words takes them and asks for a 确认 of another, whose need ends
// in the message's key: so the same message is taken again, and answered alike.
func (b *Bot) waiting(ctx context.Context, m message) (string, error) {
	step, err := b.Talk.OpenStep(ctx, m.From)
	objecting := strings.HasPrefix(step.Data, disputing) || strings.HasPrefix(step.Data, appealing)
	if err != nil || !step.Open(m.now) || (m.asks() || m.tags&^filler != 0) && !objecting {
		return "", err
	}
	switch step.Name {
	case usecase.StepWords:
		return step.Data, nil
	case usecase.StepPhoto:
		name, need, _ := strings.Cut(step.Data, ":")
		what, _, _ := strings.Cut(name, "-")
		return what + "-words:" + need, nil
	}
	if d, ok := deedOf(step); ok && step.Name == usecase.StepConfirm {
		return d.what + "-words:", nil
	}
	if _, ok := claimOf(step); ok && step.Name == usecase.StepConfirm {
		return disputing + "words:", nil
	}
	if name, _, ours := strings.Cut(step.Data, "-"); ours && strings.HasSuffix(strings.TrimSuffix(step.Data, ask.Missed), "/"+m.Key) {
		_, need, _ := strings.Cut(step.Data, ":")
		return name + "-words:" + need, nil
	}
	return "", nil
}

// askWords keeps the question whose answer the act takes, and says it.
func (b *Bot) askWords(ctx context.Context, m message, text, act string) (Reply, error) {
	return b.pose(ctx, m, text, usecase.StepWords, act)
}

// pose keeps a question of a kind with what its answer is for, and says it.
func (b *Bot) pose(ctx context.Context, m message, text, question, data string) (Reply, error) {
	step := usecase.Step{Name: question, Data: data, Until: m.now.Add(usecase.Patience)}
	if err := b.Talk.SaveStep(ctx, m.From, step); err != nil {
		return Reply{}, err
	}
	return say(text)
}

// needOf is what a question keeps of what the message with the key has told: numbers,
// pictures and words.
func needOf(numbers []int64, photos []string, words, key string) string {
	ids := make([]string, len(numbers))
	for i, n := range numbers {
		ids[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(append(ids, photos...), ",") + "/" + url.QueryEscape(words) + "/" + key
}

// parseNeed reads what needOf wrote with so many numbers; false for anything else.
func parseNeed(text string, count int) (numbers []int64, photos []string, words string, ok bool) {
	ids, rest, _ := strings.Cut(text, "/")
	said, _, _ := strings.Cut(rest, "/")
	words, err := url.QueryUnescape(said)
	parts := strings.Split(ids, ",")
	if len(parts) < count || err != nil {
		return nil, nil, "", false
	}
	numbers = make([]int64, count)
	for i := range numbers {
		if numbers[i], err = strconv.ParseInt(parts[i], 10, 64); err != nil {
			return nil, nil, "", false
		}
	}
	return numbers, parts[count:], words, true
}

func hashes(photos []string) []record.PhotoHash {
	all := make([]record.PhotoHash, len(photos))
	for i, p := range photos {
		all[i] = record.PhotoHash(p)
	}
	return all
}

// open shows the first of a list's pages, which text words, and keeps the acts
// that show the others for 更多. Without others it closes what was open, so that
// 更多 never turns the pages of an older list.
func (b *Bot) open(ctx context.Context, m message, text string, others []string) (Reply, error) {
	var step usecase.Step
	if len(others) > 0 {
		step = usecase.Step{Name: usecase.StepPages, Data: strings.Join(others, " "), Until: m.now.Add(usecase.Patience)}
	}
	if err := b.Talk.SaveStep(ctx, m.From, step); err != nil {
		return Reply{}, err
	}
	return say(text)
}
