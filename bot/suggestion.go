package bot

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
)

// suggest takes a suggestion or a complaint to the township, by the words
// after 建议 and 投诉 or by those that are asked for.
func suggest() intent {
	return intent{
		name: "suggestion", title: "提建议、投诉",
		phrases: []string{
			"建议", "意见", "提建议", "提意见", "我有建议", "我有个建议", "我要提建议", "我有意见", "投诉", "举报", "我要投诉", "我要举报", "投诉村干部", "举报村干部", "提建议投诉",
			"我的建议", "我的投诉", "我的意见", "建议答复了吗", "看建议",
		},
		match:  func(m message) bool { return m.meant("suggestion") || m.tags == 0 && m.phrase == "" && m.opens() != "" },
		handle: (*Bot).suggest,
		acts:   map[string]act{"suggestion-words": (*Bot).draft, "suggestion-send": (*Bot).sendSuggestion},
	}
}

// openings begin a message whose other words are the suggestion.
var openings = []string{"建议", "意见", "提个建议", "提个意见", "我建议", "我要投诉", "我要举报", "投诉", "举报", "反映"}

func (m message) opens() string {
	for _, o := range openings {
		if strings.HasPrefix(m.clean, o) {
			return o
		}
	}
	return ""
}

// shownSuggestions is how many of a person's own are listed.
const shownSuggestions = 4

func (b *Bot) suggest(ctx context.Context, m message) (Reply, error) {
	if m.phrase != "" && m.says("我的", "答复", "看建议") {
		all, err := b.Read.Suggestions(ctx, m.From, shownSuggestions)
		if err != nil {
			return Reply{}, err
		}
		return say(script.Suggestions(m.who, all))
	}
	if m.phrase != "" || utf8.RuneCountInString(m.told()) < suggestion.Shortest {
		return b.askWords(ctx, m, script.SuggestWhat(m.who, suggestion.KindOf(m.clean) == suggestion.Complaint), "suggestion-words:")
	}
	return b.draft(ctx, m, "")
}

// told are the words of a message as they were said, without what opens them.
// 投诉 and 举报 stay: they say what the words are.
func (m message) told() string {
	words := strings.TrimSpace(m.Words)
	for _, o := range []string{"建议", "意见", "提个建议", "提个意见"} {
		if after, cut := strings.CutPrefix(words, o); cut {
			return strings.TrimLeft(after, " 　，,。.:：、")
		}
	}
	return words
}

// draft keeps the words and reads them back.
func (b *Bot) draft(ctx context.Context, m message, _ string) (Reply, error) {
	words := m.told()
	switch n := utf8.RuneCountInString(words); {
	case n > suggestion.Longest:
		return b.askWords(ctx, m, script.TooLong(m.who), "suggestion-words:")
	case n < suggestion.Shortest:
		return b.askWords(ctx, m, script.SuggestMore(m.who), "suggestion-words:")
	}
	if err := b.Talk.SaveDraft(ctx, m.From, m.Key, words); err != nil {
		return Reply{}, err
	}
	audiences := suggestion.KindOf(words).Audiences()
	choices := make([]string, len(audiences))
	for i, a := range audiences {
		choices[i] = "suggestion-send:" + string(a) + "/" + m.Key
	}
	text := script.Suggesting(m.who, words, audiences)
	if len(choices) == 1 {
		return b.askTyped(ctx, m, text, choices[0])
	}
	return b.ask(ctx, m, text, choices...)
}

func (b *Bot) sendSuggestion(ctx context.Context, m message, with string) (Reply, error) {
	audience, key, _ := strings.Cut(with, "/")
	out, err := b.Suggest.Do(ctx, m.command(), m.From, key, suggestion.Audience(audience))
	switch {
	case err != nil:
		return Reply{}, err
	case out.Code == fault.Done:
		return say(script.Suggested(m.who, out.Facts.Note, suggestion.Audience(out.Facts.Data)))
	case out.Code == fault.CapReached:
		return say(script.SuggestedEnough(m.who))
	}
	return say(script.DraftGone(m.who))
}
