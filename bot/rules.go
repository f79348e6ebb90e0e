package bot

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// rules answers 细则: what adds and what takes away, by category or by what
// the words name.
func rules() intent {
	return intent{
		name: "rules", title: "看怎么加分扣分",
		phrases: []string{
			"细则", "评分细则", "积分细则", "看细则", "规则", "积分规则", "评分标准", "加分标准", "扣分标准", "看怎么加分扣分",
			"怎么加分", "咋加分", "啷个加分", "怎样加分", "怎么扣分", "哪些加分", "哪些扣分", "啥加分", "啥扣分", "怎么得分", "加分项", "做啥加分",
		},
		match: func(m message) bool {
			return m.meant("rules") || m.asksValue() || m.phrase == "" && learned.Deed(m.clean)
		},
		handle: (*Bot).rules,
		acts:   map[string]act{"rules-class": (*Bot).ruleClass, "rules-page": (*Bot).rulePage},
	}
}

// values are how people ask what a deed is worth (打牌扣几分, 献血加不加分).
var values = []string{
	"几分", "多少分", "好多分", "加不加分", "扣不扣分", "加分吗", "扣分吗", "加分不", "扣分不", "加分嘛", "扣分嘛", "要扣分", "能加分", "可以加分", "有没有分",
}

// happened are how people speak of what was added or taken already: that is no
// question of what a deed is worth.
var happened = []string{"加了", "扣了", "加过", "扣过", "得了", "扣我", "加给我", "给我加", "给我扣"}

// asksValue tells whether the words name a deed and ask what it is worth.
func (m message) asksValue() bool {
	return m.tags == 0 && m.phrase == "" && (m.intent == "" || m.intent == "rules") && m.says(values...) && !m.says(happened...) && m.says("加", "扣", "得") && subject(m.clean) != ""
}

// beside are the words around a deed that say nothing about it.
var beside = strings.NewReplacer(
	"扣好多分", "", "加好多分", "", "扣多少分", "", "加多少分", "", "屋头", "", "屋里", "", "评分细则", "", "细则", "", "规则", "", "标准", "", "积分", "", "加不加分", "", "扣不扣分", "", "能不能", "", "有没有", "", "多少", "", "好多", "", "怎么", "", "咋个", "", "啷个", "", "怎样", "",
	"这个季度", "", "上个季度", "", "这季度", "", "上季度", "", "这个月", "", "上个月", "", "这几天", "", "前几天", "", "今天", "", "昨天", "", "明天", "", "今年", "", "去年", "", "现在", "", "啥子", "", "做些", "", "事能", "", "不得", "",
	"加分", "", "扣分", "", "减分", "", "得分", "", "几分", "", "一次", "", "一回", "", "请问", "", "麻烦", "", "我们", "", "我家", "", "可以", "", "哪些", "", "事情", "", "什么", "", "做啥", "",
)

// subject is what is left of the words when what asks is taken away. What is
// left of one character is a deed only where it is called so: 狗, not 子 or 月.
func subject(clean string) string {
	left := strings.Trim(beside.Replace(clean), "加扣减得几分要会能算的了吗嘛哦啊呀哈嗦不没啥哪些事看我家请问您好查下一个就是那这怎么多少有才没来")
	if utf8.RuneCountInString(left) > 1 || slices.ContainsFunc(alike, func(a likeness) bool { return a.said == left }) {
		return left
	}
	return ""
}

// sign is 1 where only what adds is asked for, -1 for what takes away, else 0.
func sign(clean string) int {
	minus, plus := strings.ContainsAny(clean, "扣减"), strings.ContainsAny(clean, "加得")
	switch {
	case plus && !minus:
		return 1
	case minus && !plus:
		return -1
	}
	return 0
}

func (b *Bot) rulebook(ctx context.Context, m message) (script.Rulebook, []catalogue.Item, error) {
	book := script.Rulebook{Standing: m.who, Year: calendar.DateOf(m.now).Year}
	items, err := b.Read.Items(ctx, m.From, book.Year)
	return book, items, err
}

func (b *Bot) rules(ctx context.Context, m message) (Reply, error) {
	book, items, err := b.rulebook(ctx, m)
	if err != nil {
		return Reply{}, err
	}
	about := ""
	if m.phrase == "" {
		about = subject(m.clean)
	}
	class := slices.IndexFunc(classes(items, 0), func(c string) bool { return strings.Contains(m.clean, c) })
	switch {
	case len(items) == 0:
		return say(script.NoRules(book))
	case class >= 0:
		return b.ruleClass(ctx, m, fmt.Sprintf("%d/%s", sign(m.clean), url.QueryEscape(classes(items, 0)[class])))
	case about != "":
		book.About = about
		return b.listRules(ctx, m, book, fitting(items, about))
	}
	s := sign(m.clean)
	names := classes(items, s)
	choices := make([]string, len(names))
	for n, c := range names {
		choices[n] = fmt.Sprintf("rules-class:%d/%s", s, url.QueryEscape(c))
	}
	return b.ask(ctx, m, script.RulesMenu(book, names, s), choices...)
}

// classes are the categories of the items of a sign, in their order.
func classes(items []catalogue.Item, sign int) []string {
	var names []string
	for _, i := range ofSign(items, sign) {
		if !slices.Contains(names, i.Category) {
			names = append(names, i.Category)
		}
	}
	return names
}

func ofSign(items []catalogue.Item, sign int) []catalogue.Item {
	return slices.DeleteFunc(slices.Clone(items), func(i catalogue.Item) bool { return sign*int(i.Value) < 0 })
}

// ruleClass lists a category; with is the sign and its name.
func (b *Bot) ruleClass(ctx context.Context, m message, with string) (Reply, error) {
	book, items, err := b.rulebook(ctx, m)
	if err != nil {
		return Reply{}, err
	}
	sign, name, _ := strings.Cut(with, "/")
	if book.About, err = url.QueryUnescape(name); err != nil {
		return Reply{}, err
	}
	n := map[string]int{"1": 1, "-1": -1}[sign]
	return b.listRules(ctx, m, book, slices.DeleteFunc(ofSign(items, n), func(i catalogue.Item) bool { return i.Category != book.About }))
}

// listRules shows the first page and keeps the others: all are cut now, by the
// items' codes, so that turning a page needs nothing but the person's step.
func (b *Bot) listRules(ctx context.Context, m message, book script.Rulebook, items []catalogue.Item) (Reply, error) {
	counts := script.SplitRules(book, items)
	if len(counts) == 0 {
		return say(script.NoRule(book))
	}
	first, left := items[:counts[0]], items[counts[0]:]
	var pages []string
	for n, count := range counts[1:] {
		more := "end"
		if n+2 < len(counts) {
			more = "more"
		}
		pages = append(pages, "rules-page:"+more+"/"+url.QueryEscape(book.About)+"/"+codes(left[:count]))
		left = left[count:]
	}
	return b.open(ctx, m, script.RulesPage(book, first, len(pages) > 0), pages)
}

func codes(items []catalogue.Item) string {
	written := make([]string, len(items))
	for n, i := range items {
		written[n] = url.QueryEscape(i.Code)
	}
	return strings.Join(written, ",")
}

// rulePage shows a page that was cut before; with is whether another follows,
// what was asked for and the codes.
func (b *Bot) rulePage(ctx context.Context, m message, with string) (Reply, error) {
	book, items, err := b.rulebook(ctx, m)
	if err != nil {
		return Reply{}, err
	}
	more, rest, _ := strings.Cut(with, "/")
	about, page, _ := strings.Cut(rest, "/")
	if book.About, err = url.QueryUnescape(about); err != nil {
		return Reply{}, err
	}
	on := strings.Split(page, ",")
	shown := slices.DeleteFunc(items, func(i catalogue.Item) bool { return !slices.Contains(on, url.QueryEscape(i.Code)) })
	return say(script.RulesPage(book, shown, more == "more"))
}

type likeness struct{ said, written string }

// alike are what people call a deed that the catalogue calls something else.
var alike = []likeness{
	{"打牌", "赌博"},
	{"打麻将", "赌博"},
	{"麻将", "赌博"},
	{"斗地主", "赌博"},
	{"炸金花", "赌博"},
	{"赌钱", "赌博"},
	{"办酒", "无事酒"},
	{"酒席", "无事酒"},
	{"请客", "无事酒"},
	{"九席", "无事酒"},
	{"当兵", "参军入伍"},
	{"入伍", "参军入伍"},
	{"参军", "参军入伍"},
	{"考大学", "考取大学"},
	{"考上大学", "考取大学"},
	{"考起大学", "考取大学"},
	{"烧秸秆", "焚烧秸秆"},
	{"烧桔秆", "焚烧秸秆"},
	{"烧草", "焚烧秸秆"},
	{"养狗", "犬只"},
	{"狗", "犬只"},
	{"鸡鸭", "畜禽散养"},
	{"养鸡", "畜禽散养"},
	{"养猪", "畜禽散养"},
	{"开会", "会议"},
	{"吵架", "邻里失和"},
	{"捡钱", "拾金不昧"},
	{"捡到钱", "拾金不昧"},
	{"扫地", "清洁"},
	{"打扫", "干净"},
	{"扫院", "干净"},
	{"捡垃圾", "清洁日"},
	{"照顾老人", "关爱老人"},
	{"种树", "植树"},
	{"修厕所", "改厕"},
	{"放炮", "烧纸放炮"},
}

// most is how many items are shown for words, at most.
const most = 6

// fitting are the items whose title or category the words name, by their
// characters or their sound, those that more of the words speak for first.
func fitting(items []catalogue.Item, words string) []catalogue.Item {
	asked := pairs(words)
	sounded := strings.Join(syllables([]rune(words)), " ") + " "
	for _, a := range alike {
		if strings.Contains(words, a.said) || len([]rune(a.said)) > 1 && strings.Contains(sounded, sound([]rune(a.said))+" ") {
			asked = append(asked, pairs(a.written)...)
		}
	}
	speak := map[string]int{} // for how many items a pair speaks
	own := make([][]string, len(items))
	for n, i := range items {
		own[n] = pairs(i.Title)
		for _, p := range own[n] {
			speak[p]++
		}
	}
	type found struct {
		item  catalogue.Item
		score float64
	}
	var all []found
	for n, i := range items {
		f := found{item: i}
		for _, p := range own[n] {
			if slices.Contains(asked, p) {
				f.score += 1 / float64(speak[p])
			}
		}
		if f.score > 0 {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	var out []catalogue.Item
	for _, f := range all[:min(most, len(all))] {
		if f.score*4 >= all[0].score { // what is much less alike only distracts
			out = append(out, f.item)
		}
	}
	return out
}

// pairs are a text's pairs of characters and pairs of sounds, each once.
func pairs(text string) []string {
	var all []string
	runes := []rune(text)
	sounds := syllables(runes)
	for n := 1; n < len(runes); n++ {
		if sounds[n-1] == "" || sounds[n] == "" {
			continue
		}
		for _, p := range []string{string(runes[n-1 : n+1]), sounds[n-1] + " " + sounds[n]} {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}
