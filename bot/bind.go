package bot

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	learned "github.com/xiangfeng/xiangfeng/bot/meaning"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
)

// bind brings somebody to their household: a card typed or scanned, or lost.
func bind() intent {
	return intent{
		name: "bind", title: "绑定、卡丢了",
		phrases: []string{
			"绑定", "绑卡", "怎么绑定", "我要绑定", "绑定我家", "卡丢了", "卡不见了", "卡掉了", "卡找不到了", "我的卡丢了", "积分卡丢了", "补卡", "补办卡", "挂失", "卡坏了",
		},
		match: func(m message) bool {
			return m.shows() || (m.intent == "bind" || m.phrase == "bind") && !m.proves()
		},
		handle: (*Bot).present,
		acts:   map[string]act{enrol.FileAct: (*Bot).file},
	}
}

// factor takes four digits where a card was shown before them.
func factor() intent {
	return intent{
		name:   "factor",
		match:  func(m message) bool { return m.proves() && m.digits() != "" },
		handle: (*Bot).prove,
	}
}

// vouch is 审批: the way for who has no phone on the register.
func vouch() intent {
	return intent{
		name:    "vouch",
		phrases: []string{"审批", "没有登记", "没登记", "没有登记手机", "没登记手机", "没有手机", "没手机", "没得手机", "没留电话", "没留手机号", "没有手机号", "没有电话"},
		match:   func(m message) bool { return m.phrase == "vouch" || m.proves() && m.unregistered() },
		handle:  (*Bot).vouch,
	}
}

// proves tells whether the message may be what was asked for beside a card.
func (m message) proves() bool { return !m.unasked && (m.digits() != "" || m.unregistered()) }

// unregistered tells whether the words say that there is no phone on the register.
func (m message) unregistered() bool {
	return m.phrase == "" && utf8.RuneCountInString(m.clean) <= longestExcuse && m.says("没", "冇", "莫得") && m.says("登记", "手机", "电话") && !m.says("电话多少", "收到", "密码")
}

// longestExcuse is how long the words may be that say so, in characters.
const longestExcuse = 12

var (
	scanned = regexp.MustCompile(`(?:^h:|/h/)([A-Za-z2-9]{20,40})(?:[?#/]|$)`)
	typed   = regexp.MustCompile(`xf[a-z0-9]*|绑定([a-z0-9]{8})$`)
	signs   = regexp.MustCompile(`^[a-hj-np-z2-9]{8}$`)
	fine    = regexp.MustCompile(`^XF-[A-HJ-NP-Z2-9]{8}$`)
	four    = regexp.MustCompile(`^[0-9]{4}$`)
	phone   = regexp.MustCompile(`^(?:1[0-9]{6})?([0-9]{4})$`)
)

// shows tells whether a card is shown, whether or not it can be one.
func (m message) shows() bool {
	claim, bad := m.claim()
	return bad || claim != enrol.Claim{}
}

// claim is the card that the message shows; bad where it can be none.
func (m message) claim() (c enrol.Claim, bad bool) {
	for _, code := range []string{m.EventKey, m.Words} {
		if found := scanned.FindStringSubmatch(code); found != nil && m.Kind != Voice {
			return enrol.Claim{Token: strings.ToUpper(found[1])}, false
		}
	}
	words := m.clean
	if m.Kind == Click {
		words = strings.ToLower(string(keep([]rune(m.Words))))
	}
	found := typed.FindStringSubmatch(words)
	switch {
	case found != nil:
		words = cmp.Or(found[1], found[0])
	case !m.unmarked(words):
		return enrol.Claim{}, false
	}
	number, _ := household.ReadCard(words)
	if strings.HasPrefix(words, "xf") && len(words) == len("ab23cd45") || !fine.MatchString(number) {
		return enrol.Claim{}, true
	}
	return enrol.Claim{Number: number}, false
}

// unmarked tells whether the message is nothing but the signs of a card's
// number: letters and digits, or capitals, which no word is written in.
func (m message) unmarked(words string) bool {
	digits := strings.ContainsAny(words, "23456789")
	return signs.MatchString(words) && strings.Trim(words, "23456789") != "" && (digits || m.Words == strings.ToUpper(m.Words))
}

// around are the words around a phone's last digits that say nothing of them,
// and numerals the ways to write those.
var (
	around = strings.NewReplacer(
		"手机号码", "", "手机号", "", "手机", "", "电话号码", "", "电话", "", "号码", "", "尾号", "", "尾数", "", "后四位", "", "后4位", "", "最后四位", "", "最后4位", "", "末四位", "",
		"四位", "", "数字", "", "登记", "", "家里", "", "屋头", "", "那个", "", "你好", "", "您好", "", "我", "", "们", "", "家", "", "是", "", "就", "", "为", "", "的", "", "嘛", "", "哈", "", "哦", "",
		"了", "", "数", "", "最", "", "请", "", "看", "",
	)
	numerals = strings.NewReplacer(
		"零", "0", "〇", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9", "幺", "1", "两", "2",
		"壹", "1", "贰", "2", "叁", "3", "肆", "4", "伍", "5", "陆", "6", "柒", "7", "捌", "8", "玖", "9",
	)
)

// digits are the four at the end of a phone, where the message says nothing
// else; "" for none.
func (m message) digits() string {
	if m.Kind != Text && m.Kind != Voice {
		return ""
	}
	if m.bareDigits() {
		return string(keep([]rune(norm.NFKC.String(m.Words))))
	}
	if m.number > 0 && m.who.Homes > 0 {
		return "" // a number that no list has
	}
	if found := phone.FindStringSubmatch(numerals.Replace(around.Replace(learned.Clean(m.Words)))); found != nil {
		return found[1]
	}
	return ""
}

// bareDigits tells whether four digits are the whole message.
func (m message) bareDigits() bool {
	return four.MatchString(string(keep([]rune(norm.NFKC.String(m.Words)))))
}

// name is what somebody may have given as their name, "" where it can be none.
func (m message) name() string {
	name := m.clean
	for _, before := range []string{"我叫", "我是", "我的名字是", "名字是", "姓名"} {
		name = strings.TrimPrefix(name, before)
	}
	if n := utf8.RuneCountInString(name); n < 2 || n > 8 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
		return ""
	}
	return name
}

// lost are the words of who has no card any more.
var lost = []string{"丢", "掉", "不见", "找不", "补", "挂失", "坏", "烂", "旧卡", "没有卡", "没领"}

func (b *Bot) present(ctx context.Context, m message) (Reply, error) {
	claim, bad := m.claim()
	switch {
	case bad:
		return say(script.BadCard(m.who))
	case claim != enrol.Claim{}:
		return b.tried(ctx, m)(b.Enrol.Present(ctx, m.acting(), m.From, claim))
	case slices.ContainsFunc(lost, func(w string) bool { return strings.Contains(m.clean, w) }):
		return b.lostCard(ctx, m)
	}
	return say(script.AskCard(m.who))
}

// lostCard tells whom to ask for a new one.
func (b *Bot) lostCard(ctx context.Context, m message) (Reply, error) {
	if m.who.Homes > 0 {
		return say(script.LostCard(m.who))
	}
	o, err := b.Records.Outside(ctx, m.From, m.now)
	m.who.Place.Office = o.Office
	if err != nil {
		return Reply{}, err
	}
	return say(script.LostCard(m.who))
}

// prove takes the digits, or leaves the number to the list that is open. Words
// around digits that nobody asked for mean something else.
func (b *Bot) prove(ctx context.Context, m message) (Reply, error) {
	out, err := b.Enrol.Prove(ctx, m.apart("/digits"), m.From, m.digits())
	if err == nil && out.Code == fault.NotFound && !m.bareDigits() {
		m.unasked = true
		return b.find(m).handle(b, ctx, m)
	}
	if err == nil && out.Code == fault.NotFound {
		return b.answer(ctx, m, ask.Answer{Number: max(1, m.number)})
	}
	return b.tried(ctx, m)(out, err)
}

func (b *Bot) vouch(ctx context.Context, m message) (Reply, error) {
	out, err := b.Enrol.Vouch(ctx, m.apart("/vouch"), m.From)
	switch {
	case err == nil && out.Code == fault.NotFound && m.phrase != "vouch":
		m.unasked = true
		return b.find(m).handle(b, ctx, m)
	case err == nil && out.Code == fault.NotFound && m.who.Homes > 0 && m.clean == "审批":
		return b.listWaiting(ctx, m)
	case err == nil && out.Code == fault.NotFound:
		return say(script.AskCard(m.who))
	}
	return b.tried(ctx, m)(out, err)
}

// confirming words the question that a 确认 answers.
func (b *Bot) confirming(ctx context.Context, m message, out fault.Outcome) (Reply, error) {
	switch {
	case out.Facts.Household == 0:
		return say(script.ConfirmVouched(m.given()))
	case out.Facts.Note == enrol.Direct:
		return b.withPlace(ctx, household.ID(out.Facts.Household), script.ConfirmDirect)
	}
	return b.withPlace(ctx, household.ID(out.Facts.Household), func(h script.Home, p script.Place) string {
		return script.ConfirmRequest(m.given(), h, p)
	})
}

// given is the name that the message gives, "" where it is an answer to
// something else and the person is known by a name.
func (m message) given() string {
	if vouch().match(m) || m.digits() != "" {
		return ""
	}
	return m.name()
}

// withPlace words something about a household by its name.
func (b *Bot) withPlace(ctx context.Context, h household.ID, words func(script.Home, script.Place) string) (Reply, error) {
	home, place, err := b.Records.Place(ctx, h)
	if err != nil {
		return Reply{}, err
	}
	return say(words(home, place))
}

// file carries out a request that was confirmed.
func (b *Bot) file(ctx context.Context, m message, with string) (Reply, error) {
	id, err := strconv.ParseInt(with, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	out, news, err := b.Enrol.File(ctx, m.acting(), m.From, id)
	if err != nil {
		return Reply{}, err
	}
	b.spread(ctx, news)
	switch {
	case out.Code == fault.Conflict:
		return say(script.Overtaken())
	case out.Code == fault.Blocked:
		return say(script.TooManyRequests(m.who))
	case out.Refused():
		return say(script.NothingToConfirm(m.who))
	case out.Facts.Note == enrol.Direct:
		return b.withPlace(ctx, household.ID(out.Facts.Household), script.Joined)
	}
	return say(script.Filed())
}

// apart is the command of one of several acts that a message may be.
func (m message) apart(suffix string) usecase.Command {
	cmd := m.acting()
	cmd.Key += suffix
	return cmd
}

// tried words what came of a step of binding. Its sentences name a household to
// nobody but who has shown to be of it.
func (b *Bot) tried(ctx context.Context, m message) func(fault.Outcome, error) (Reply, error) {
	return func(out fault.Outcome, err error) (Reply, error) {
		switch {
		case err != nil:
			return Reply{}, err
		case out.Code == fault.Locked:
			return say(script.LockedOut(m.who, out.Facts.Data))
		case out.Code == fault.TooLate:
			return say(script.Late(m.who))
		case out.Code == fault.Conflict && out.Facts.Household != 0:
			return b.withPlace(ctx, household.ID(out.Facts.Household), func(h script.Home, _ script.Place) string { return script.Already(h) })
		case out.Refused():
			return say(script.Twice(m.who))
		}
		switch out.Facts.Step {
		case enrol.StepFactor:
			return say(script.AskFactor())
		case enrol.StepName:
			return say(script.AskName())
		case enrol.Wrong:
			return say(script.WrongFactor())
		}
		return b.confirming(ctx, m, out)
	}
}
