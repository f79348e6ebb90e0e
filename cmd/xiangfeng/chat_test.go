package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// turn is something that somebody does, and what the reply must hold.
type turn struct {
	who  sample.Cast
	does string
	want string
}

// conversations are all intents, as the cast means them.
var conversations = map[string][]turn{
	"points":           {{diligent, "积分", "贺春林家今年积分219分\n"}, {disputed, "查分", "冉家富家今年积分"}, {fallen, "我家多少分", "牟大才家今年积分75分\n"}},
	"typos":            {{diligent, "鸡分", "积分219分\n"}, {diligent, "我屋头好多分", "积分219分\n"}, {diligent, "請問我家還有多少積分呀", "积分219分\n"}, {diligent, "积　份！！", "积分219分\n"}},
	"newly joined":     {{newcomer, "积分", "新入户，不排名"}, {newcomer, "排名", "下个季度起排"}},
	"another village":  {{elsewhere, "积分", "秦素芳家"}, {elsewhere, "前十", "青山村"}},
	"lines":            {{disputed, "明细", "冉家富家2026年明细\n待确认 "}, {disputed, "更多", "冉家富家2026年明细\n第"}},
	"deductions":       {{disputed, "谁扣的", "扣分明细\n第21条 9月10日 乱贴乱画、污损公益广告 -3分（余广翠记录，温大珍确认）"}},
	"lines by quarter": {{disputed, "第2季度明细", "第二季度明细\n第15条 7月3日 把第12条改过来：露天焚烧秸秆垃圾 +5分"}, {diligent, "上季度明细", "第三季度明细"}},
	"rank":             {{diligent, "排名", "排第1，共排66户"}, {fallen, "我家排第几", "66 牟** 80分（您家）"}},
	"top ten":          {{diligent, "前十", "红旗村第三季度前十名\n1 贺** 203分（您家）\n2 "}},
	"township":         {{diligent, "全镇排名", "全镇不排名"}},
	"published":        {{diligent, "公示", "红旗村第三季度公示，校验码"}},
	"help":             {{diligent, "帮助", "积分：您家多少分"}, {diligent, "?", "您可以回"}, {diligent, "你好", "您可以回"}},
	"not understood":   {{diligent, "全村积分", "没太听懂"}, {diligent, "谁的积分", "还是没听懂。请找"}, {diligent, "1", "贺春林家"}},
	"number alone":     {{diligent, "3", "不知道您要选哪一样"}},
	"nothing more":     {{diligent, "更多", "后面没有了"}},
	"cancelled":        {{disputed, "明细", "更多"}, {disputed, "算了", "不算了"}, {disputed, "更多", "后面没有了"}},
	"two households": {
		{widow, "积分", "向桂香家（HQ-0003）今年积分"},
		{widow, "换户", "1 向桂香家（HQ-0003） 现在看的\n2 田长安家（HQ-0004）"},
		{widow, "3", "只有1到2"},
		{widow, "2", "现在看的是田长安家（HQ-0004）"},
		{widow, "积分", "田长安家（HQ-0004）今年积分"},
		{widow, "换一户", "2 田长安家（HQ-0004） 现在看的"},
		{widow, "第一个", "向桂香家"},
		{widow, "排名", "向桂香家"},
	},
	"one household": {{diligent, "换户", "只有贺春林家这一户"}},
	"not bound":     {{unbound, "积分", "还没和哪一户连上"}, {unbound, "明细", "还没和哪一户连上"}, {unbound, "2", "还没和哪一户连上"}},
	"stranger":      {{stranger, "积分", "还没和哪一户连上"}, {stranger, "更多", "还没和哪一户连上"}},
	"menu": {
		{diligent, "menu:points", "积分219分\n"},
		{diligent, "menu:lines", "明细\n"},
		{diligent, "menu:published", "公示"},
		{diligent, "menu:rank", "排第1"},
		{diligent, "menu:top", "前十名"},
		{widow, "menu:household", "要看哪一户"},
		{diligent, "menu:help", "您可以回"},
		{diligent, "menu:gone", "您可以回"},
	},
	"tapped choice":  {{diligent, "tap:积分", "积分219分\n"}},
	"voice":          {{diligent, "voice:查一下积分。", "积分219分\n"}, {diligent, "voice:", "没听清"}},
	"picture":        {{diligent, "picture:", "还没有存"}, {stranger, "picture:", "还没和哪一户连上"}},
	"scanned":        {{diligent, "scan:wall", "您好"}},
	"followed again": {{diligent, "unfollow:", ""}, {diligent, "follow:", "贺春林家，您好！这里查红旗村的积分。"}},
	"new follower":   {{stranger, "unfollow:", ""}, {stranger, "follow:", "乡风积分"}},
}

// TestConversations: whatever is sent, the platform is content, and the reply is right.
func TestConversations(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		w.asks(t, fallen.OpenID, "积分") // and reads of the warning
		for name, turns := range conversations {
			t.Run(name, func(t *testing.T) {
				w.says(t, turns[0].who.OpenID, "取消") // what the conversation before left open
				for _, turn := range turns {
					x, err := w.does(t, turn)
					if strings.HasPrefix(turn.does, "unfollow:") {
						if err != nil || x.Answer.Verdict != local.Silence {
							t.Errorf("%s: %s, %v", turn.does, x.Answer.Verdict, err)
						}
						continue
					}
					if got := reply(t, x, err); !strings.Contains(got, turn.want) {
						t.Errorf("%s: %s\nwant %q in it", turn.does, got, turn.want)
					}
				}
			})
		}
	})
}

func (w world) does(t testing.TB, a turn) (local.Exchange, error) {
	act, with, found := strings.Cut(a.does, ":")
	if !found {
		act, with = "", a.does
	}
	switch act {
	case "menu":
		return w.Click(t.Context(), a.who.OpenID, with)
	case "tap":
		return w.TapMenu(t.Context(), a.who.OpenID, with, "101")
	case "voice":
		return w.SayVoice(t.Context(), a.who.OpenID, with)
	case "picture":
		return w.SendImage(t.Context(), a.who.OpenID)
	case "scan":
		return w.Scan(t.Context(), a.who.OpenID, with)
	case "follow":
		return w.Follow(t.Context(), a.who.OpenID, "")
	case "unfollow":
		return w.Unfollow(t.Context(), a.who.OpenID)
	}
	return w.Say(t.Context(), a.who.OpenID, with)
}

// TestEveryoneReadsTheirOwn: whoever is bound reads the score, and all lines up
// to the first, of the own household and no other.
func TestEveryoneReadsTheirOwn(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		for i, p := range boundPersons() {
			w.follow(t, p.OpenID)
			_, home, account := homeOf(t, p.OpenID)
			got := w.asks(t, p.OpenID, "积分")
			if !strings.HasPrefix(got, home.Head+"家") || !strings.Contains(got, "今年积分"+account.Score.String()+"分") {
				t.Errorf("%s with %s reads %s", home.Head, account.Score, got)
			}
			if i%9 == 0 {
				checkLines(t, w.allPages(t, p.OpenID), home, account.Lines)
			}
		}
	})
}

// follow lets somebody be a follower of old.
func (w world) follow(t testing.TB, openid string) {
	t.Helper()
	if slices.ContainsFunc(w.People(), func(p local.Person) bool { return p.OpenID == openid }) {
		return
	}
	if err := w.Add(local.Person{OpenID: openid, Following: true}); err != nil {
		t.Fatal(err)
	}
}

// boundPersons are all who chat.
func boundPersons() []household.Person {
	var all []household.Person
	for _, v := range township() {
		for _, p := range v.Persons {
			if p.OpenID != "" && p.Current != 0 {
				all = append(all, p)
			}
		}
	}
	return all
}

// allPages asks for 明细 and 更多 until there are no more.
func (w world) allPages(t testing.TB, openid string) []string {
	t.Helper()
	pages := []string{w.says(t, openid, "明细")}
	for strings.HasSuffix(pages[len(pages)-1], "请回：更多") {
		pages = append(pages, w.says(t, openid, "更多"))
		if len(pages) > 200 {
			t.Fatal("it never ends")
		}
	}
	return pages
}

var lineNumber = regexp.MustCompile(`(?m)^第(\d+)条`)

// numbers are the lines of a page.
func numbers(page string) []int {
	var all []int
	for _, m := range lineNumber.FindAllStringSubmatch(page, -1) {
		n, _ := strconv.Atoi(m[1])
		all = append(all, n)
	}
	return all
}

func checkLines(t *testing.T, pages []string, home household.Household, lines int) {
	t.Helper()
	var got []int
	for _, page := range pages {
		if !strings.HasPrefix(page, home.Head+"家") {
			t.Errorf("%s is shown %s", home.Head, page)
		}
		got = append(got, numbers(page)...)
	}
	want := make([]int, lines)
	for i := range want {
		want[i] = lines - i
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s is shown the lines %v of %d", home.Head, got, lines)
	}
}

// TestHostileNames: what stands in the register cannot leave its place in the
// reply's XML, and a reply never grows beyond what WeChat takes.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	dsn := onSQLite(t)
	w := newWorld(t, dsn)
	_, home, _ := homeOf(t, diligent.OpenID)
	for _, name := range []string{
		"]]>", "]]]]><![CDATA[>", "</Content><Content>", "<![CDATA[", "&lt;&amp;&#0;", "]]></Content></xml><xml>", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
		"\u0000\u0008", "\ufffe\uffff", "\xff\xfe", "𠮷𠮷𠮷", "\u202e", strings.Repeat("长", 60), strings.Repeat("<", 50), strings.Repeat("]]>", 20),
	} {
		execute(t, dsn, "UPDATE household SET head = ? WHERE id = ?", name, home.ID)
		execute(t, dsn, "UPDATE person SET version = version + 1 WHERE openid = ?", diligent.OpenID) // as whoever renames does
		for _, words := range []string{"积分", "明细", "排名", "公示", "换户"} {
			x, err := w.Say(t.Context(), diligent.OpenID, words)
			if err != nil || x.Answer.Verdict != local.Replied || len(x.Answer.Text) > 2048 {
				t.Errorf("%q: %s %s of %d bytes, %v", name, x.Answer.Verdict, x.Answer.Why, len(x.Answer.Text), err)
			}
			if words == "积分" && printable(name) && script.Fits(x.Answer.Text) && !strings.HasPrefix(x.Answer.Text, name) {
				t.Errorf("%q reads %q", name, x.Answer.Text)
			}
		}
	}
}

// printable names are those that XML can hold.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\ufffe' || r == '\uffff' || r == '\ufffd' })
}
