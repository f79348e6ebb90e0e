package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/storage/conformance"
	"github.com/xiangfeng/xiangfeng/storage/workbook"
)

// saved writes a workbook to a file.
func saved(t testing.TB, w conformance.Workbook) string {
	t.Helper()
	var out bytes.Buffer
	if err := workbook.Write(&out, w); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "名册.xlsx")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestImport: a township's workbook with forty faults lists all forty and
// leaves nothing; mended it is in, proven by verify, and its people chat; once
// more it changes nothing.
func TestImport(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) string{"sqlite": conformance.SQLite, "postgres": conformance.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := fresh(t)
			c := testConfig(t, dsn)
			wrong := conformance.NewWorkbook(2, 12)
			for _, f := range conformance.Faults() {
				f.Plant(wrong)
			}
			got := ended(t, program(t, c, "import", saved(t, wrong)))
			list, _, _ := strings.Cut(got.err, "另有 ")
			if got.code != 1 || got.out != "" || !strings.HasPrefix(got.err, "这份表有 40 处要改，一行也没有装入。") || strings.Count(list, "\n- ") != 40 {
				t.Errorf("%+v", got)
			}
			if got := ended(t, program(t, c, "verify")); !strings.HasPrefix(got.out, "核对通过：0个村，0个账户") {
				t.Errorf("%+v", got)
			}
			file, cards := saved(t, conformance.NewWorkbook(2, 12)), filepath.Join(t.TempDir(), "新卡.xlsx")
			got = ended(t, program(t, c, "import", file, "--cards", cards))
			if got.code != 0 || !strings.HasPrefix(got.out, "已装入：新增 1 个镇，新增 2 个村，新增 24 户，新增成员 48 人，记入期初积分 8 户，") {
				t.Fatalf("%+v", got)
			}
			card := firstCard(t, cards)
			if got := ended(t, program(t, c, "import", file)); got.code != 0 || got.out != "这份表以前装入过，内容一样，这次什么也没有变。\n" {
				t.Errorf("%+v", got)
			}
			if got := ended(t, program(t, c, "verify")); !strings.HasPrefix(got.out, "核对通过：2个村，24个账户，32笔账") {
				t.Errorf("%+v", got)
			}
			i := raise(t, c)
			comes(t, world{i, phonesFor(t, i)}, card)
		})
	}
}

// comes: the leader whom the workbook names binds with the card and the phone
// of the register, asks, and holds the post.
func comes(t *testing.T, w world, card string) {
	t.Helper()
	const openid = "o-first-of-the-imported-0001"
	w.follow(t, openid)
	for _, step := range []struct{ says, want string }{
		{"绑定 " + card, "后四位"},
		{"0001", "确认"},
		{"确认", "周春春春"},
		{"积分", "100分"},
	} {
		if got := w.says(t, openid, step.says); !strings.Contains(got, step.want) {
			t.Errorf("%s: %s", step.says, got)
		}
	}
	var held int
	if err := conformance.Tables(t, string(w.cfg.Database)).QueryRow("SELECT count(*) FROM post JOIN person p ON p.id = post.person_id WHERE role = 'leader' AND openid = '" + openid + "'").Scan(&held); err != nil || held != 1 {
		t.Errorf("%d posts, %v", held, err)
	}
}

// firstCard is the number of the first household's card: whoever prints the
// cards finds one for each new household with its token, and nobody else can
// read them.
func firstCard(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets, err := workbook.Read(f)
	if err != nil || len(sheets) != 1 || len(sheets[0].Rows) != 25 {
		t.Fatalf("%v, %v", sheets, err)
	}
	row := sheets[0].Rows[1].Cells
	if row[0] != "石桥一村" || row[1] != conformance.HomeNumber(1) || !strings.HasPrefix(row[3], "XF-") || len(row[4]) != 26 {
		t.Errorf("%q", row)
	}
	return row[3]
}

// TestImportTemplate writes the empty workbook once and asks for a file where
// it gets none.
func TestImportTemplate(t *testing.T) {
	t.Parallel()
	c := testConfig(t, conformance.SQLite(t))
	path := filepath.Join(t.TempDir(), "模板.xlsx")
	if got := ended(t, program(t, c, "import", "--template", path)); got.code != 0 || !strings.HasPrefix(got.out, "模板已写到 "+path) {
		t.Errorf("%+v", got)
	}
	if got := ended(t, program(t, c, "import", "--template", path)); got.code != 1 || !strings.Contains(got.err, "已经有了") {
		t.Errorf("%+v", got)
	}
	if got := ended(t, program(t, c, "import", path)); got.code != 1 || strings.Count(got.err, "表里一行内容也没有") != 4 {
		t.Errorf("%+v", got)
	}
	for file, want := range map[string]string{
		"":                                     "请写明要装入的文件",
		filepath.Join(t.TempDir(), "无.xlsx"):   "读不到文件",
		written(t, "村,户号\n", 0o600):            "是文本文件",
		written(t, "PK\x03\x04 broken", 0o600): "文件损坏或者不完整",
	} {
		args := []string{"import"}
		if file != "" {
			args = append(args, file)
		}
		if got := ended(t, program(t, c, args...)); got.code != 1 || !strings.Contains(got.err, want) || strings.Contains(got.err, "goroutine") {
			t.Errorf("%s: %+v", file, got)
		}
	}
}

// TestImportKeepsTheCards: a file that is there is not written over, and then
// nothing is taken in.
func TestImportKeepsTheCards(t *testing.T) {
	t.Parallel()
	c := testConfig(t, conformance.SQLite(t))
	got := ended(t, program(t, c, "import", saved(t, conformance.NewWorkbook(1, 8)), "--cards", written(t, "old", 0o600)))
	if got.code != 1 || !strings.Contains(got.err, "已经有了") || effects(t, string(c.Database), "import:") != 0 {
		t.Errorf("%+v", got)
	}
}
