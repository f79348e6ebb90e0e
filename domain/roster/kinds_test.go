package roster_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

const place = "石桥一村"

// sheets changes the sheets themselves.
type sheets func(conformance.Workbook) conformance.Workbook

func without(name string) sheets {
	return func(w conformance.Workbook) conformance.Workbook {
		return slices.DeleteFunc(w, func(s roster.Sheet) bool { return s.Name == name })
	}
}

func rowsOf(name string, change func([]roster.Row) []roster.Row) sheets {
	return func(w conformance.Workbook) conformance.Workbook {
		w.Sheet(name).Rows = change(w.Sheet(name).Rows)
		return w
	}
}

func onlyHead(rows []roster.Row) []roster.Row { return rows[:1] }

func put(sheet string, row int, title, text string) sheets {
	return func(w conformance.Workbook) conformance.Workbook {
		w.Put(sheet, row, title, text)
		return w
	}
}

func add(sheet string, cells ...string) sheets {
	return func(w conformance.Workbook) conformance.Workbook {
		w.Add(sheet, cells...)
		return w
	}
}

// titled adds a column.
func titled(sheet, title string) sheets {
	return rowsOf(sheet, func(rows []roster.Row) []roster.Row {
		rows[0].Cells = append(rows[0].Cells, title)
		return rows
	})
}

func fired(role string) sheets {
	return rowsOf(roster.Staff, func(rows []roster.Row) []roster.Row {
		return slices.DeleteFunc(rows, func(r roster.Row) bool { return len(r.Cells) > 3 && r.Cells[3] == role })
	})
}

// rest are the kinds that the forty leave out, each with what brings it about.
var rest = map[roster.Kind]sheets{
	roster.SheetMissing: without(roster.Kin),
	roster.SheetTwice: func(w conformance.Workbook) conformance.Workbook {
		return append(w, roster.Sheet{Name: "亲 属", Rows: w.Sheet(roster.Kin).Rows[:1]})
	},
	roster.SheetEmpty:    rowsOf(roster.Staff, onlyHead),
	roster.ColumnMissing: put(roster.Openings, 1, roster.ColPaper, "页"),
	roster.ColumnTwice:   titled(roster.Kin, "关系（必填）"),
	roster.CellsMerged: func(w conformance.Workbook) conformance.Workbook {
		w.Sheet(roster.Members).Merged = []string{"A5:A8"}
		return w
	},
	roster.CellTooLong:   put(roster.Places, 2, roster.ColDesk, strings.Repeat("长", 61)),
	roster.HolderSeveral: add(roster.Staff, "", place, "郑不同", "组员"),
	roster.PhoneOdd:      put(roster.Members, 2, roster.ColPhone, "23800000000"),
	roster.DeskWrong:     put(roster.Places, 2, roster.ColDesk, "x"),
	roster.PublicLine:    add(roster.Items, "", "ZZ01", "遵纪守法", "吸毒贩毒", "减", "10", "次", "", "", "", "", "决定书", "否", "是"),
	roster.OpeningBelow:  put(roster.Openings, 2, roster.ColOpening, "-5"),
	roster.CodeWrong:     put(roster.Items, 3, roster.ColCode, "环境一"),
	roster.PointsSigned:  put(roster.Items, 3, roster.ColPoints, "-2"),
	roster.OpeningTwice:  add(roster.Openings, place, conformance.HomeNumber(3), "1", "2026-01-03", "第4页"),
	roster.OpeningZero:   put(roster.Openings, 2, roster.ColOpening, "0"),
	roster.OpeningNobody: func(w conformance.Workbook) conformance.Workbook {
		return fired("镇积分办")(fired("副组长")(rowsOf(roster.Openings, func(rows []roster.Row) []roster.Row { return rows[:2] })(w)))
	},
	roster.TooMany: func(w conformance.Workbook) conformance.Workbook {
		for range 10_001 {
			w.Add(roster.Kin, "x")
		}
		return w
	},
	roster.SheetUnknown: func(w conformance.Workbook) conformance.Workbook {
		return append(w, roster.Sheet{Name: "Sheet9", Rows: []roster.Row{{N: 1, Cells: []string{"x"}}}})
	},
	roster.SheetHidden: func(w conformance.Workbook) conformance.Workbook {
		return append(w, roster.Sheet{Name: "旧表", Hidden: true})
	},
	roster.ColumnUnknown:  titled(roster.Members, "备注"),
	roster.ColumnIdentity: titled(roster.Members, "身份证号码"),
	roster.PhoneShared: func(w conformance.Workbook) conformance.Workbook {
		w.Put(roster.Members, 2, roster.ColPhone, "100 0000 0000")
		w.Put(roster.Members, 4, roster.ColPhone, "+86 10000000000")
		return w
	},
	roster.PhonesMissing: put(roster.Members, 2, roster.ColPhone, ""),
	roster.NoDeputy:      fired("副组长"),
	roster.FewVillagers:  put(roster.Staff, 5, roster.ColSpeaksFor, ""),
	roster.FewParty:      put(roster.Staff, 2, roster.ColSpeaksFor, ""),
	roster.NoShopkeeper:  fired("超市经营者"),
	roster.NoItems:       rowsOf(roster.Items, onlyHead),
}

// TestEveryKind is found where it should be, and has words of its own that end
// in a cure.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	for kind, change := range rest {
		w := conformance.NewWorkbook(1, 8)
		if kind == roster.HolderSeveral {
			for _, n := range []int{2, 3} {
				w.Add(roster.Members, place, conformance.HomeNumber(n), "郑不同")
			}
		}
		_, faults, remarks := roster.Check(change(w), today)
		all := append(faults, remarks...)
		found := slices.ContainsFunc(all, func(f roster.Fault) bool { return f.Kind == kind })
		if !found || kind.Warning() != (len(faults) == 0) {
			t.Errorf("%s: found\n%s", kind, words(all[:min(len(all), 5)]))
		}
		if kind != roster.TooMany && !kind.Warning() && len(faults) != 1 {
			t.Errorf("%s: %d faults\n%s", kind, len(faults), words(faults))
		}
		for _, f := range all[:min(len(all), 5)] {
			if text := script.RosterFault(f); strings.Contains(text, "{") || strings.Count(text, "。") < 2 || strings.Contains(text, "。。") || strings.HasPrefix(text, "：") {
				t.Errorf("%s: %s", kind, text)
			}
		}
	}
	planted := map[roster.Kind]bool{}
	for _, f := range conformance.Faults() {
		planted[f.Kind] = true
	}
	if n := len(planted) + len(rest); n < 55 {
		t.Errorf("%d kinds are tried", n)
	}
}

// TestForgiving: the order of sheets and columns, spaces, full width, a
// heading above and an example below change nothing.
func TestForgiving(t *testing.T) {
	t.Parallel()
	want, _, _ := roster.Check(conformance.NewWorkbook(1, 8), today)
	w := conformance.NewWorkbook(1, 8)
	slices.Reverse(w)
	for i := range w {
		for k, r := range w[i].Rows {
			slices.Reverse(r.Cells)
			width := len(w[i].Rows[0].Cells)
			cells := make([]string, width-len(r.Cells), width)
			if k == 0 {
				for c := range r.Cells {
					r.Cells[c] = " " + strings.Join(strings.Split(r.Cells[c], ""), "　") + "＊"
				}
			}
			w[i].Rows[k] = roster.Row{N: r.N + 2, Cells: append(cells, r.Cells...)}
		}
		example := make([]string, len(w[i].Rows[0].Cells))
		example[0] = "示例：不读"
		w[i].Rows = slices.Insert(w[i].Rows, 0, roster.Row{N: 1, Cells: []string{"柳溪镇名册"}})
		w[i].Rows = slices.Insert(w[i].Rows, 2, roster.Row{N: 3, Cells: example})
		w[i].Name = strings.Join(strings.Split(w[i].Name, ""), " ")
	}
	got, faults, _ := roster.Check(w, today)
	if len(faults) != 0 {
		t.Fatal(words(faults))
	}
	if len(got.Villages) != 1 || len(got.Villages[0].Households) != len(want.Villages[0].Households) || len(got.Posts) != len(want.Posts) || got.Ties[0] != want.Ties[0] || len(got.Villages[0].Items) != len(want.Villages[0].Items) {
		t.Errorf("%+v", got)
	}
	for i, h := range got.Villages[0].Households {
		if w := want.Villages[0].Households[i]; h.Number != w.Number || h.Head != w.Head || !slices.Equal(h.Members, w.Members) || h.Opening != w.Opening {
			t.Errorf("%+v, want %+v", h, w)
		}
	}
}

// TestDays reads a day in all the forms in which it is written.
func TestDays(t *testing.T) {
	t.Parallel()
	day := calendar.On(2026, 1, 5)
	for text, want := range map[string]calendar.Date{
		"2026-01-05": day, "2026-1-5": day, "2026/1/5": day, "2026.1.5": day, "2026.1.5.": day, "2026年1月5日": day, "2026年01月05日": day,
		"２０２６－０１－０５": day, "20260105": day, "46027": day, "46027.75": day, "2026-01-05 00:00:00": day, "'2026-01-05": day, " 2026 年 1 月 5 日 ": day,
		"2026-02-30": {}, "2026-13-01": {}, "5.1.2026": {}, "去年": {}, "2026": {}, "9999999999": {}, "-1": {}, "2026-01-05-06": {}, "NaN": {}, "1E5": {}, "26-1-5": {},
	} {
		w := conformance.NewWorkbook(1, 8)
		w.Put(roster.Households, 2, roster.ColJoined, text)
		r, faults, _ := roster.Check(w, today)
		if got := r.Villages[0].Households[0].Joined; got != want || want.IsZero() != (len(faults) == 1) {
			t.Errorf("%q: %s, want %s: %s", text, got, want, words(faults))
		}
	}
}

// TestAmounts reads points as people and programs write them.
func TestAmounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]points.Tenths{
		"12.5": 125, "12.50": 125, "１２．５": 125, "12.5分": 125, "+12.5": 125, "-3": -30, "2.2999999999999998": 23, "1.25E+1": 125, "0.30000000000000004": 3,
		"10000": 100_000, "1E4": 100_000, "12.55": 0, "10000.1": 0, "1E5": 0, "1e99": 0, "一百": 0, "1,000": 0, "0x10": 0, "99999999999999999999": 0, "Inf": 0, "0": 0,
	} {
		w := conformance.NewWorkbook(1, 8)
		w.Put(roster.Openings, 2, roster.ColOpening, text)
		r, faults, _ := roster.Check(w, today)
		if got := r.Villages[0].Households[2].Opening.Tenths; got != want || (want == 0) != (len(faults) == 1) {
			t.Errorf("%q: %d, want %d: %s", text, got, want, words(faults))
		}
	}
}

// TestPhones keeps 11 digits, however they are written.
func TestPhones(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10000000001": "10000000001", "100-0000-0001": "10000000001", "100 0000 0001": "10000000001", "１０００００００００１": "10000000001",
		"+86 100 0000 0001": "10000000001", "86-10000000001": "10000000001", "'10000000001": "10000000001", "1.0000000001E+10": "10000000001", "(023)55500001": "02355500001", "23800000000": "", "93800000000": "",
		"1000000000": "", "100000000011": "", "1000000000x": "", "无": "", "10000000001/10000000002": "",
	} {
		w := conformance.NewWorkbook(1, 8)
		w.Put(roster.Members, 2, roster.ColPhone, text)
		r, faults, _ := roster.Check(w, today)
		if got := r.Villages[0].Households[0].Members[0].Phone; got != want || (want == "") != (len(faults) == 1) {
			t.Errorf("%q: %s, want %s: %s", text, got, want, words(faults))
		}
	}
}

// TestNumbers: a household's number is one that people can type to name it.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for number, fits := range map[string]bool{
		"HQ-0091": true, "hq 0091": true, "91": true, "1-2-3": true, "ＨＱ－００９１": true,
		"第5户": false, "五组3": false, "HQ/0091": false, "HQ_91": false, "HQ.91": false, "-91": false, "91-": false, "0": false, "HQ-000000000000000091": false,
	} {
		w := conformance.NewWorkbook(1, 8)
		w.Add(roster.Households, place, number, "郑不同")
		w.Add(roster.Members, place, number, "郑不同")
		_, faults, _ := roster.Check(w, today)
		if fits != (len(faults) == 0) || !fits && faults[0].Kind != roster.NumberWrong {
			t.Errorf("%s: %s", number, words(faults))
		}
	}
}

// TestSensitive: no board may show what the scheme shields, and what the county's
// own catalogue shows is not refused.
func TestSensitive(t *testing.T) {
	t.Parallel()
	for title, minus := range map[string]bool{
		"吸毒贩毒": true, "参加邪教活动": true, "越级上访": true, "无偿献血": false, "签器官捐献书": false, "优秀学生": false, "偷盗庄稼": true, "参与赌博": true, "照顾病人": false,
	} {
		sign := map[bool]string{true: "减", false: "加"}[minus]
		for public, count := range map[string]int{"是": 1, "否": 0} {
			w := conformance.NewWorkbook(1, 8)
			w.Add(roster.Items, "", "ZZ01", "遵纪守法", title, sign, "3", "次", "", "", "", "", "决定书", "否", public)
			if _, faults, _ := roster.Check(w, today); len(faults) != count || count > 0 && faults[0].Kind != roster.PublicLine {
				t.Errorf("%s, shown %s: %s", title, public, words(faults))
			}
		}
	}
	w := conformance.NewWorkbook(1, 8)
	items := w.Sheet(roster.Items)
	items.Rows = items.Rows[:1]
	for _, i := range catalogue.County() {
		w.Add(roster.Items, roster.ItemCells(i)...)
	}
	if _, faults, _ := roster.Check(w, today); len(faults) != 0 {
		t.Error(words(faults))
	}
}

// TestTwoPhones: two that are wrong are told apart although neither is repeated.
func TestTwoPhones(t *testing.T) {
	t.Parallel()
	w := conformance.NewWorkbook(1, 8)
	w.Put(roster.Members, 2, roster.ColPhone, "1380000111")
	w.Put(roster.Members, 3, roster.ColPhone, "1380000122")
	_, faults, _ := roster.Check(w, today)
	if len(faults) != 2 || faults[0].Found != "138…11" || faults[1].Found != "138…22" {
		t.Error(words(faults))
	}
}

// TestEvidence reads what is to be brought: all of it, or one of several.
func TestEvidence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"照片": "photo", "照片、会议记录": "minutes photo", "照片或决定书": "photo|decision", "签到、时长或收据": "sign_in hours|receipt", "前后照片": "before_after",
	} {
		w := conformance.NewWorkbook(1, 8)
		w.Put(roster.Items, 2, roster.ColEvidence, text)
		r, faults, _ := roster.Check(w, today)
		got := r.Villages[0].Items[0].Evidence
		if len(faults) != 0 || !strings.Contains(strings.Join(sorted(got), " "), strings.Join(sorted(want), " ")) {
			t.Errorf("%s: %s, want %s: %s", text, got, want, words(faults))
		}
	}
}

func sorted(s string) []string {
	all := strings.Fields(s)
	slices.Sort(all)
	return all
}

// TestVouching: two take over what was on paper, never for their own
// household or kin.
func TestVouching(t *testing.T) {
	t.Parallel()
	w := conformance.NewWorkbook(1, 12)
	for _, n := range []int{1, 2, 8} { // the leader's, a deputy's, and one that is kin to the leader's
		w.Add(roster.Openings, place, conformance.HomeNumber(n), "5", "2026-01-03", "第5页")
	}
	r, faults, _ := roster.Check(w, today)
	if len(faults) != 0 {
		t.Fatal(words(faults))
	}
	name := conformance.PersonName
	for n, want := range map[int][2]string{1: {name(3), name(2)}, 2: {name(3), name(1)}, 3: {name(2), name(1)}, 8: {name(3), name(2)}} {
		o := r.Villages[0].Households[n-1].Opening
		if o.Recorder.Name != want[0] || o.Confirmer.Name != want[1] {
			t.Errorf("household %d: %s and %s", n, o.Recorder.Name, o.Confirmer.Name)
		}
	}
	if r.Posts[len(r.Posts)-1].Role != household.Officer {
		t.Error("the officer is missing")
	}
}

// TestNeitherInTheWords: what a fault tells of another cell is concealed too.
func TestNeitherInTheWords(t *testing.T) {
	t.Parallel()
	w := conformance.NewWorkbook(1, 8)
	w.Add(roster.Households, place, "10000000001", "郑不同")
	w.Add(roster.Members, place, "10000000001", "郑不同")
	w.Add(roster.Members, place, "10000000001", "郑不同")
	_, faults, _ := roster.Check(w, today)
	if got := words(faults); len(faults) != 1 || !strings.Contains(got, "100…01户里这个人已经有了") {
		t.Error(got)
	}
}

var longNumber = regexp.MustCompile(`\d{7}`)

// TestNoNumberIsRepeated: whatever is written wherever, no fault repeats a
// number that could be a phone's or a person's.
func TestNoNumberIsRepeated(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := conformance.NewWorkbook(1, 8)
		for range 3 {
			layout := rapid.SampledFrom(roster.Layouts()).Draw(t, "sheet")
			column := rapid.SampledFrom(layout.Columns).Draw(t, "column")
			text := rapid.StringMatching(`[A-Z']?[0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4,11}[Xx/村]?`).Draw(t, "text")
			w.Put(layout.Name, 2, column.Title, text)
		}
		_, faults, remarks := roster.Check(w, today)
		for _, f := range append(faults, remarks...) {
			bare := strings.NewReplacer(" ", "", "-", "").Replace(f.Found + "," + f.Title + "," + f.Detail)
			if longNumber.MatchString(bare) {
				t.Fatalf("%+v", f)
			}
		}
	})
}
