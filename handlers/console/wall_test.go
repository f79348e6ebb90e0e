package console_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/handlers/console"
)

// generated is a sheet of so many households with lists of so many lines.
func generated(homes, late, errata int) script.Wall {
	q := calendar.Quarter{Year: 2026, N: 3}
	w := script.Wall{
		Season: script.Season{
			Quarter: quarter.Quarter{Village: 1, Q: q, State: quarter.Published, Edition: 2, PublishedOn: calendar.On(2026, 10, 8)}, Code: "7KQ2-M4XB",
		},
		Place: script.Place{Name: "红旗村", Township: "清溪镇", Desk: "村委会 023-5588 0101"}, Publisher: "温世银", Signers: []string{"余广翠", "温大珍", "石顺发"},
	}
	for i := range homes {
		w.Rows = append(w.Rows, script.WallRow{
			Row:    quarter.Row{Household: household.ID(i + 1), Score: points.Tenths(2105 - i), Gained: points.Tenths(i%300 - 40), Rank: i + 1},
			Number: fmt.Sprintf("HQ-%04d", i+1), Name: household.Mask([]string{"王桂兰", "欧阳海峰", "李四"}[i%3]), Contested: (i % 50) / 49,
		})
	}
	for i := range late {
		w.Late = append(w.Late, script.WallLine{Number: fmt.Sprintf("HQ-%04d", i+1), Name: "王**", Title: "参加村里组织的清洁日活动", Tenths: 20, On: calendar.On(2026, 6, 20)})
	}
	for i := range errata {
		w.Errata = append(w.Errata, script.WallLine{
			Number: fmt.Sprintf("HQ-%04d", i+1), Name: "王**", Line: 3, Year: 2026, Title: "清扫院落", Tenths: -20, Reason: strings.Repeat("核对签到表，当天没有到场。", 1+i%9),
		})
	}
	w.LateHidden = 2
	return w
}

// TestLayout: every household and every line stands on some page once, in its
// order, and no page is fuller than its paper.
func TestLayout(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a3", "a4"} {
		for _, homes := range []int{1, 2, 5, 67, 92, 117, 118, 600, 1000} {
			for _, lines := range []int{0, 1, 40} {
				w := generated(homes, lines, lines)
				pages := console.Lay(w, name)
				var rows []script.WallRow
				var texts, want []string
				for i, p := range pages {
					rows, texts = append(rows, p.Shown...), append(texts, p.Texts...)
					if p.Full > p.Height {
						t.Errorf("%s, %d households: page %d is full of %.1f mm", name, homes, i+1, p.Full)
					}
					if p.Rows == 0 && p.Lines == 0 {
						t.Errorf("%s, %d households: page %d is empty", name, homes, i+1)
					}
				}
				for _, part := range w.Parts() {
					want = append(want, part.Lines...)
				}
				if !slices.Equal(rows, w.Rows) || !slices.Equal(texts, want) {
					t.Errorf("%s, %d households: %d rows and %d lines; want %d and %d", name, homes, len(rows), len(texts), len(w.Rows), len(want))
				}
			}
		}
	}
	for name, most := range map[string]int{"a3": 1, "a4": 2} {
		if n := len(console.Lay(generated(92, 0, 0), name)); n > most {
			t.Errorf("92 households take %d pages of %s", n, name)
		}
	}
}

// TestLayoutIsTheStyles: what a page is laid out by stands in its style sheet.
func TestLayoutIsTheStyles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a3", "a4"} {
		css, err := os.ReadFile("static/" + name + ".css")
		if err != nil || !strings.Contains(string(css), "size: "+strings.ToUpper(name)) {
			t.Fatal(err)
		}
		mm := regexp.MustCompile(`--(first|next|head|row|line|columns): ([\d.]+)`)
		found := map[string]string{}
		for _, m := range mm.FindAllStringSubmatch(string(css), -1) {
			found[m[1]] = m[2]
		}
		if got := console.Numbers(name); fmt.Sprint(got) != fmt.Sprint(found) {
			t.Errorf("%s: laid out by %v, styled by %v", name, got, found)
		}
	}
}

// season moves the office to the first working days after the first quarter.
func (o *office) season(t testing.TB) {
	t.Helper()
	o.pass(calendar.On(2026, 4, 1).Start().Add(9 * time.Hour).Sub(o.Now()))
}

// quarterPath is the page of the quarter that is over then.
func (o *office) quarterPath() string { return o.path(1) + "/quarters/2026Q1" }

var digests = regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`)

// sent posts a form of a page with the key, and where it has one the digest, that
// the page holds.
func (b browser) sent(at, act string, form map[string]string) page {
	b.t.Helper()
	shown := b.get(at)
	values := map[string][]string{"key": {pageKey.FindStringSubmatch(shown.text)[1]}}
	if m := digests.FindStringSubmatch(shown.text); m != nil {
		values["digest"] = []string{m[1]}
	}
	for k, v := range form {
		values[k] = []string{v}
	}
	return b.post(at+act, values)
}

// TestSheet of a quarter from its draft to the wall: signed by three, put up by
// the leader, printed, taken down with the township's consent.
func TestQuarterGoesUp(t *testing.T) {
	t.Parallel()
	o := open(t)
	leader := o.enter(t, post(t, 0, household.Leader))
	if p := leader.get(o.quarterPath() + "/wall"); p.status != 200 || !strings.Contains(p.text, script.WallToCome) {
		t.Errorf("%d %s; the quarter is running", p.status, p.text)
	}
	o.season(t)
	leader = o.enter(t, post(t, 0, household.Leader))
	v := county()[0]
	draft := leader.get(o.quarterPath() + "/wall")
	for _, want := range []string{script.WallIsDraft, v.Households[3].Number, household.Mask(v.Households[3].Head)} {
		if !strings.Contains(draft.text, want) {
			t.Errorf("the draft has no %q", want)
		}
	}
	_, main, _ := strings.Cut(draft.text, "<main")
	if strings.Contains(main, v.Households[3].Head) || codes.MatchString(main) || strings.Contains(main, script.WallChain) {
		t.Error("the draft shows a name, a code or the ledger's head")
	}
	if p := leader.sent(o.quarterPath(), "/publish", map[string]string{"minutes": "4月1日开会，都同意"}); p.status != 422 || !strings.Contains(p.text, "签字") || !strings.Contains(p.text, "都同意</textarea>") {
		t.Errorf("%d %s; nobody has signed", p.status, p.text)
	}
	signed := map[household.PersonID]bool{}
	for _, post := range v.Posts {
		if (post.Role == household.TeamMember || post.Role == household.Deputy || post.Role == household.Leader) && len(signed) < 3 && !signed[post.Person] {
			signed[post.Person] = true
			for range 2 { // an impatient finger
				if p := o.enter(t, post.Person).sent(o.quarterPath(), "/sign", nil); !strings.HasSuffix(p.path, "?done=signed") || !strings.Contains(p.text, script.DoneSigned) {
					t.Fatalf("%d %s %s", p.status, p.path, p.text)
				}
			}
		}
	}
	leader = o.enter(t, post(t, 0, household.Leader))
	if p := leader.sent(o.quarterPath(), "/publish", map[string]string{"minutes": "4月1日开会，都同意", "digest": strings.Repeat("0", 64)}); p.status != 409 {
		t.Errorf("%d; the digest is of another sheet", p.status)
	}
	p := leader.sent(o.quarterPath(), "/publish", map[string]string{"minutes": "4月1日开会，都同意"})
	if !strings.HasSuffix(p.path, "?done=published") {
		t.Fatalf("%d %s %s", p.status, p.path, p.text)
	}
	sheet, err := o.store.WallOf(t.Context(), 1, calendar.Quarter{Year: 2026, N: 1})
	if err != nil || len(sheet.Signers) != 3 {
		t.Fatalf("%+v, %v", sheet.Signers, err)
	}
	for _, paper := range []string{"a3", "a4", "x"} {
		wall := leader.get(o.quarterPath() + "/wall?paper=" + paper)
		for _, want := range append([]string{sheet.Code, sheet.Head.Signs(), v.Households[3].Number, script.WallPage(1, 1)}, sheet.Signers...) {
			if !strings.Contains(wall.text, want) {
				t.Errorf("%s: the sheet has no %q", paper, want)
			}
		}
		if _, main, _ := strings.Cut(wall.text, "<main"); strings.Contains(main, script.WallIsDraft) || len(codes.FindAllString(main, -1)) != 1 {
			t.Errorf("%s: it is a draft, or has no code", paper)
		}
	}
	file := leader.get(o.quarterPath() + "/wall.xlsx")
	if file.status != 200 || !strings.Contains(file.header.Get("Content-Disposition"), "filename*=utf-8''") || !strings.Contains(file.header.Get("Content-Type"), "spreadsheetml") {
		t.Errorf("%d %v", file.status, file.header)
	}
	o.alone(t, leader)
	o.takenDown(t, sheet.Code)
}

// alone: who has nobody bound is listed for paper, and nobody else.
func (o *office) alone(t *testing.T, leader browser) {
	t.Helper()
	bound := map[household.ID]bool{}
	for _, m := range county()[0].Members {
		bound[m.Household] = bound[m.Household] || m.Person != 0
	}
	_, list, _ := strings.Cut(leader.get(o.path(1)+"/untold").text, script.UntoldHomes)
	n := 0
	for _, h := range county()[0].Households {
		if strings.Contains(list, h.Number+" "+h.Head) == bound[h.ID] {
			t.Errorf("%s: bound %t", h.Number, bound[h.ID])
		}
		if !bound[h.ID] {
			n++
		}
	}
	if p := leader.get(o.path(1) + "/untold"); n == 0 || !strings.Contains(p.text, script.UntoldUnbound(n)) {
		t.Errorf("%d homes are not counted", n)
	}
}

// takenDown lets the sheet come down again.
func (o *office) takenDown(t *testing.T, code string) {
	t.Helper()
	leader := o.enter(t, post(t, 0, household.Leader))
	if p := leader.sent(o.quarterPath(), "/withdraw", map[string]string{"reason": "  "}); p.status != 400 {
		t.Errorf("%d; there is no reason", p.status)
	}
	if p := leader.sent(o.quarterPath(), "/withdraw", map[string]string{"reason": "两户算错了"}); !strings.HasSuffix(p.path, "?done=asked") || !strings.Contains(p.text, "两户算错了") {
		t.Errorf("%d %s", p.status, p.path)
	}
	if p := leader.get(o.quarterPath() + "/wall"); !strings.Contains(p.text, code) {
		t.Error("the sheet is down without the township's consent")
	}
	officer := o.enter(t, post(t, 0, household.Officer))
	if p := officer.get(o.quarterPath()); !strings.Contains(p.text, "两户算错了") || !strings.Contains(p.text, script.SheetDownDo) {
		t.Error("the office does not see what was asked")
	}
	if p := officer.sent(o.quarterPath(), "/withdraw", map[string]string{"reason": "同意，重新算"}); !strings.HasSuffix(p.path, "?done=down") {
		t.Errorf("%d %s", p.status, p.path)
	}
	wall := leader.get(o.quarterPath() + "/wall")
	if strings.Contains(wall.text, code) || !strings.Contains(wall.text, script.WallIsDraft) || !strings.Contains(wall.text, "更正") {
		t.Error("the sheet is still up")
	}
}

// TestDraw: what is laid out is drawn, every household once and in its columns.
// Where SHEETS names a folder the pages are left there, to be looked at.
func TestDraw(t *testing.T) {
	t.Parallel()
	styles, err := filepath.Abs("static")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a3", "a4"} {
		for _, homes := range []int{92, 600, 1000} {
			var page bytes.Buffer
			w := generated(homes, 5, 12)
			w.Late, w.Errata = nil, nil // whose numbers would stand twice
			if err := console.Draw(&page, w, name); err != nil {
				t.Fatal(err)
			}
			for _, r := range w.Rows {
				if n := strings.Count(page.String(), r.Number); n != 1 {
					t.Errorf("%s, %d households: %s stands %d times", name, homes, r.Number, n)
				}
			}
			if dir := os.Getenv("SHEETS"); dir != "" {
				html := strings.ReplaceAll(page.String(), "/console/static/", styles+"/")
				if err := os.WriteFile(fmt.Sprintf("%s/%d-%s.html", dir, homes, name), []byte(html), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
