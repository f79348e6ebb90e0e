package catalogue_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/points"
)

// TestCountyIsTheFile reads the file a second time, sign by sign, and compares.
func TestCountyIsTheFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("county.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimRight(string(text), "\r\n"), "\n")[1:]
	items := catalogue.County()
	if len(items) != len(rows) {
		t.Fatalf("%d items, %d rows", len(items), len(rows))
	}
	for n, row := range rows {
		c, i := strings.Split(row, ","), items[n]
		want := catalogue.Item{
			Code: c[0], Category: c[1], Title: c[2], Value: whole(t, c[4]), Unit: catalogue.Unit(c[5]),
			Caps:     catalogue.Caps{Month: whole(t, c[6]), Quarter: whole(t, c[7]), Year: whole(t, c[8]), Ever: whole(t, c[9])},
			Evidence: c[10], WarnFirst: c[11] == "yes", Public: c[12] == "yes",
		}
		if c[3] == "-" {
			want.Value = -want.Value
		}
		if i != want {
			t.Errorf("line %d: %+v, want %+v", n+2, i, want)
		}
	}
}

// whole reads a whole number of points; nothing is 0.
func whole(t *testing.T, s string) points.Tenths {
	t.Helper()
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return points.Tenths(n * 10)
}

// The counts were taken from the file by another program.
func TestCountyInNumbers(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	var plus, minus points.Tenths
	for _, i := range catalogue.County() {
		got[i.Category]++
		if i.Value > 0 {
			got["+"]++
			plus += i.Value
		} else {
			got["-"]++
			minus += i.Value
		}
		for name, capped := range map[string]points.Tenths{
			"cap a month": i.Caps.Month, "cap a quarter": i.Caps.Quarter, "cap a year": i.Caps.Year, "cap for ever": i.Caps.Ever,
		} {
			if capped > 0 {
				got[name]++
			}
		}
		if i.Caps == (catalogue.Caps{}) {
			t.Errorf("%s has no cap at all", i.Code)
		}
		if i.WarnFirst && i.Value > 0 {
			t.Errorf("%s warns before a good deed", i.Code)
		}
	}
	want := map[string]int{
		"人居环境": 24, "产业发展": 14, "遵纪守法": 17, "村风民俗": 23, "善行公益": 18, "表彰奖励": 20,
		"+": 74, "-": 42, "cap a month": 6, "cap a quarter": 5, "cap a year": 100, "cap for ever": 5,
	}
	if len(got) != len(want) {
		t.Errorf("counted %v", got)
	}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s: %d, want %d", name, got[name], n)
		}
	}
	if plus != points.Whole(906) || minus != points.Whole(-425) {
		t.Errorf("the items come to %s and %s, want 906 and -425", plus, minus)
	}
}

// Crime, drugs, cults, petition, blood and organs, minors (PRODUCT 2.5).
func TestSensitiveLinesAreNeverPublic(t *testing.T) {
	t.Parallel()
	public := map[string]bool{}
	for _, i := range catalogue.County() {
		public[i.Code] = i.Public
	}
	for _, code := range strings.Fields("ZJ04 ZJ05 ZJ06 ZJ07 ZJ14 ZJ16 CF17 CF22 SX10 SX11 SX12 BZ15a BZ15b") {
		if shown, ok := public[code]; shown || !ok {
			t.Errorf("%s: known %v, public %v", code, ok, shown)
		}
	}
}

const head = "code,category,item,sign,points,unit,cap_month,cap_quarter,cap_year,cap_once,evidence,warn_first,public_line\n"

func TestParseReadsTenthsAndQuotes(t *testing.T) {
	t.Parallel()
	items, err := catalogue.Parse(head + "\n" + `A1,善行公益,"帮工, 半天",+,2.5,time,,,10.5,,sign_in,no,yes` + "\n")
	if err != nil || len(items) != 1 || items[0].Value != 25 || items[0].Caps.Year != 105 || items[0].Title != "帮工, 半天" {
		t.Errorf("read %+v, %v", items, err)
	}
}

func TestParseNamesTheLineOfAFault(t *testing.T) {
	t.Parallel()
	const good = "A1,善行公益,志愿服务,+,3,time,,,36,,sign_in,no,yes\n"
	row := func(s string) string { return head + good + s + "\n" }
	for _, test := range []struct{ name, text, line, word string }{
		{"nothing", "", "line 1", "columns"},
		{"other columns", "code,item\nA1,志愿服务\n", "line 1", "columns"},
		{"columns in another order", strings.Replace(head, "code,category", "category,code", 1) + good, "line 1", "columns"},
		{"a sign left out", row("A2,善行公益,志愿服务,,3,time,,,36,,,no,yes"), "line 3", "sign"},
		{"a sign of its own in the points", row("A2,善行公益,志愿服务,-,-3,time,,,36,,,no,yes"), "line 3", "above 0"},
		{"no points", row("A2,善行公益,志愿服务,+,,time,,,36,,,no,yes"), "line 3", "points"},
		{"0 points", row("A2,善行公益,志愿服务,+,0,time,,,36,,,no,yes"), "line 3", "above 0"},
		{"a word for points", row("A2,善行公益,志愿服务,+,三,time,,,36,,,no,yes"), "line 3", "points"},
		{"hundredths", row("A2,善行公益,志愿服务,+,1.25,time,,,36,,,no,yes"), "line 3", "decimal"},
		{"a cap below 0", row("A2,善行公益,志愿服务,+,3,time,,,-36,,,no,yes"), "line 3", "above 0"},
		{"a cap that is a word", row("A2,善行公益,志愿服务,+,3,time,x,,,,,no,yes"), "line 3", "points"},
		{"no code", row(",善行公益,志愿服务,+,3,time,,,36,,,no,yes"), "line 3", "code"},
		{"no title", row("A2,善行公益,,+,3,time,,,36,,,no,yes"), "line 3", "title"},
		{"no unit", row("A2,善行公益,志愿服务,+,3,,,,36,,,no,yes"), "line 3", "unit"},
		{"a seventh category", row("A2,其他,志愿服务,+,3,time,,,36,,,no,yes"), "line 3", "category"},
		{"neither yes nor no", row("A2,善行公益,志愿服务,+,3,time,,,36,,,no,是"), "line 3", "yes or no"},
		{"the same code twice", row("A1,善行公益,志愿服务,+,3,time,,,36,,,no,yes"), "line 3", "already"},
		{"a column too few", row("A2,善行公益,志愿服务,+,3,time,,,36,,,no"), "line 3", "fields"},
		{"behind an empty line", row("\nA2,善行公益,志愿服务,*,3,time,,,36,,,no,yes"), "line 4", "sign"},
		{"behind a title of two lines", row("A2,善行公益,\"志愿\n服务\",+,3,time,,,36,,,no,yes\nA3,善行公益,志愿服务,*,3,time,,,36,,,no,yes"), "line 5", "sign"},
	} {
		items, err := catalogue.Parse(test.text)
		if err == nil || items != nil || !strings.Contains(err.Error(), test.line) || !strings.Contains(err.Error(), test.word) {
			t.Errorf("%s: read %d items, %v; want %q and %q", test.name, len(items), err, test.line, test.word)
		}
	}
}
