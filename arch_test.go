// Package xiangfeng_test keeps the architecture: which folder may exist, which
// package may import which, and what the domain may not touch. The rules are
// explained in docs/decisions/0001-layout-and-arrows.md.
package xiangfeng_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/xiangfeng/xiangfeng"

// folders are those that may hold Go files. A folder at the top that holds
// none is in bare. Whoever needs a new folder declares it here.
var folders = []string{
	"cmd/xiangfeng",
	"bot", "bot/hearing", "bot/meaning", "bot/weixin", "bot/weixin/local", "bot/weixin/sdkecho",
	"domain/fault", "domain/points", "domain/calendar", "domain/village", "domain/household",
	"domain/catalogue", "domain/ledger", "domain/record", "domain/roster", "domain/shop", "domain/quarter",
	"domain/dispute", "domain/alarm", "domain/notice", "domain/suggestion", "domain/photo", "domain/script", "domain/sample",
	"domain/usecase",
	"domain/usecase/ask", "domain/usecase/enrol", "domain/usecase/record", "domain/usecase/assess",
	"domain/usecase/object", "domain/usecase/redeem", "domain/usecase/close", "domain/usecase/govern",
	"domain/usecase/tell", "domain/usecase/importing", "domain/usecase/keep", "domain/usecase/screen", "domain/usecase/login", "domain/usecase/door", "domain/usecase/cards", "domain/usecase/supervise",
	"handlers/callback", "handlers/mini", "handlers/console", "handlers/web", "handlers/public",
	"handlers/demo", "handlers/phone",
	"jobs",
	"storage", "storage/migrations", "storage/queue", "storage/redis", "storage/photos",
	"storage/workbook", "storage/conformance",
}

// bare are the folders at the top that hold no Go package themselves. data is
// what a demo leaves behind.
var bare = []string{"cmd", "domain", "handlers", "docs", "deploy", "miniprogram", "data"}

// order is the domain's: a package imports only what stands on an earlier
// line. A use case stands after all of it and after domain/usecase.
var order = [][]string{
	{"fault"},
	{"points", "calendar"},
	{"village"},
	{"household"},
	{"catalogue"},
	{"ledger"},
	{"record"},
	{"roster"},
	{"shop"},
	{"quarter"},
	{"dispute"},
	{"alarm"},
	{"notice", "suggestion", "photo"},
	{"script"},
	{"sample"},
	{"usecase"},
}

// fence says that what starts with imported may be imported by the folder and
// those below it only.
type fence struct{ imported, folder string }

var fences = []fence{
	{"github.com/silenceper/wechat", "bot/weixin"},
	{"gorm.io/", "storage"},
	{"github.com/glebarez/", "storage"},
	{"modernc.org/sqlite", "storage"},
	{"github.com/jackc/", "storage"},
	{"github.com/lib/pq", "storage"},
	{"github.com/mattn/go-sqlite3", "storage"},
	{"database/sql", "storage"},
	{"github.com/pressly/goose", "storage"},
	{"github.com/go-redis/", "storage"},
	{"github.com/riverqueue/", "storage/queue"},
	{"github.com/xuri/excelize", "storage/workbook"},
	{"github.com/danielgtaylor/huma", "handlers/mini"},
}

// impure is what the domain's code imports nowhere, with what lies below it.
// Its tests may read their truth files.
var impure = []string{
	"net", "os", "io/fs", "io/ioutil", "encoding/json", "encoding/gob", "encoding/xml",
	"log", "syscall", "crypto/rand", "math/rand", "runtime/debug",
}

// unfree are the names of package time that read or follow the host's clock
// or zone. The domain's code uses none.
var unfree = []string{
	"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local",
}

// seeded are the names of math/rand/v2 that take their seed as an argument.
var seeded = []string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "PCG", "ChaCha8", "Zipf", "Source"}

func TestArchitecture(t *testing.T) {
	t.Parallel()
	found, read, err := violations(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if read < 20 {
		t.Errorf("only %d Go files were read", read)
	}
	for _, v := range found {
		t.Error(v)
	}
}

// violations reports what breaks a rule in the tree, and how many Go files it
// read.
func violations(tree fs.FS) (found []string, read int, err error) {
	err = fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipped(name) {
				return fs.SkipDir
			}
			if path.Dir(name) == "." && name != "." && !declaredTop(name) {
				found = append(found, name+": an undeclared folder")
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		read++
		broken, err := inFile(tree, name)
		found = append(found, broken...)
		return err
	})
	return found, read, err
}

// skipped tells the folders that the rules do not look into.
func skipped(name string) bool {
	base := path.Base(name)
	return name != "." && strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules"
}

func declaredTop(name string) bool {
	return slices.Contains(bare, name) || slices.Contains(folders, name)
}

// source is one Go file under the rules.
type source struct {
	name, folder string
	test         bool
	file         *ast.File
	found        []string
}

func inFile(tree fs.FS, name string) ([]string, error) {
	text, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{name: name, folder: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), file: file}
	s.checkFolder()
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		s.checkImport(imported, spec.Name)
	}
	if within(s.folder, "domain") {
		s.checkPure()
	}
	return s.found, nil
}

func (s *source) report(format string, args ...any) {
	s.found = append(s.found, s.name+": "+fmt.Sprintf(format, args...))
}

func (s *source) checkFolder() {
	if s.folder == "." {
		if !s.test {
			s.report("the root holds tests only")
		}
		return
	}
	if !slices.Contains(folders, s.folder) {
		s.report("%s is an undeclared folder", s.folder)
	}
}

func (s *source) checkImport(imported string, name *ast.Ident) {
	if name != nil && name.Name == "." {
		s.report("imports %s without its name", imported)
	}
	for _, f := range fences {
		if (imported == strings.TrimSuffix(f.imported, "/") || strings.HasPrefix(imported, f.imported)) && !within(s.folder, f.folder) {
			s.report("only %s may import %s", f.folder, imported)
		}
	}
	if within(s.folder, "bot/weixin/local") && strings.HasPrefix(imported, "github.com/silenceper/") {
		s.report("the local WeChat shares no code with the receiver")
	}
	if s.test {
		return
	}
	if inner, ours := strings.CutPrefix(imported, module+"/"); ours {
		if why := forbidden(s.folder, inner); why != "" {
			s.report("imports %s: %s", inner, why)
		}
	}
	if within(s.folder, "domain") && imported != "math/rand/v2" &&
		slices.ContainsFunc(impure, func(p string) bool { return within(imported, p) }) {
		s.report("the domain does not import %s", imported)
	}
}

// forbidden says why from may not import to, both folders of this module; ""
// where it may.
func forbidden(from, to string) string {
	layer, other := top(from), top(to)
	switch {
	case layer == "cmd":
		return ""
	case other == "cmd":
		return "nothing imports cmd"
	case from == "bot/weixin/local":
		return "the local WeChat imports nothing of the module"
	case to == "bot/weixin/local":
		return "only cmd knows the local WeChat"
	case layer == "domain":
		return againstOrder(from, to)
	case from == "handlers/callback" && (to == "bot" || to == "bot/weixin"):
		return ""
	case layer == "bot" && within(to, "bot/weixin") && !within(from, "bot/weixin"):
		return "the bot does not know WeChat"
	case other != layer && other != "domain":
		return "adapters do not see each other"
	}
	return ""
}

// againstOrder says why a package of the domain may not import to.
func againstOrder(from, to string) string {
	if top(to) != "domain" {
		return "the domain imports nothing outside itself"
	}
	if rank(to) < rank(from) {
		return ""
	}
	return "it does not stand before " + from
}

// rank is a package's place in order; a use case comes after all. A package
// that has no place is an undeclared folder and reported as that.
func rank(folder string) int {
	if strings.HasPrefix(folder, "domain/usecase/") {
		return len(order)
	}
	return slices.IndexFunc(order, func(line []string) bool {
		return slices.Contains(line, strings.TrimPrefix(folder, "domain/"))
	})
}

// checkPure looks for a tag of an edge, the clock and chance without a seed.
func (s *source) checkPure() {
	names := s.namesOf("time", "math/rand/v2")
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if n.Tag != nil && (strings.Contains(n.Tag.Value, "json:") || strings.Contains(n.Tag.Value, "gorm:")) {
				s.report("the domain has the tag %s", n.Tag.Value)
			}
		case *ast.SelectorExpr:
			s.checkUse(names, n)
		}
		return true
	})
}

func (s *source) checkUse(names map[string]string, n *ast.SelectorExpr) {
	x, plain := n.X.(*ast.Ident)
	if !plain {
		return
	}
	switch names[x.Name] {
	case "time":
		if slices.Contains(unfree, n.Sel.Name) {
			s.report("the domain does not use time.%s", n.Sel.Name)
		}
	case "math/rand/v2":
		if !slices.Contains(seeded, n.Sel.Name) {
			s.report("the domain does not use rand.%s, which has no seed", n.Sel.Name)
		}
	}
}

// namesOf maps the names under which the file knows the packages to their paths.
func (s *source) namesOf(packages ...string) map[string]string {
	names := make(map[string]string)
	for _, spec := range s.file.Imports {
		imported := strings.Trim(spec.Path.Value, "`\"")
		if !slices.Contains(packages, imported) {
			continue
		}
		name := path.Base(strings.TrimSuffix(imported, "/v2"))
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	return names
}

func top(folder string) string {
	first, _, _ := strings.Cut(folder, "/")
	return first
}

// within reports whether a path is the folder or lies below it.
func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}

// TestPlantedViolations plants one violation in a clean tree at a time and
// sees it, and nothing else, reported.
func TestPlantedViolations(t *testing.T) {
	t.Parallel()
	tests := []struct{ file, text, want string }{
		// The arrows between the layers.
		{"domain/shop/a.go", imports(module + "/storage"), "the domain imports nothing outside itself"},
		{"bot/a.go", imports(module + "/storage"), "adapters do not see each other"},
		{"storage/a.go", imports(module + "/bot"), "adapters do not see each other"},
		{"jobs/a.go", imports(module + "/bot/weixin"), "adapters do not see each other"},
		{"handlers/mini/a.go", imports(module + "/storage"), "adapters do not see each other"},
		{"handlers/mini/a.go", imports(module + "/bot"), "adapters do not see each other"},
		{"handlers/callback/a.go", imports(module + "/storage"), "adapters do not see each other"},
		{"handlers/callback/a.go", imports(module + "/bot/weixin/local"), "only cmd knows the local WeChat"},
		{"handlers/demo/a.go", imports(module + "/bot/weixin/local"), "only cmd knows the local WeChat"},
		{"bot/weixin/a.go", imports(module + "/bot/weixin/local"), "only cmd knows the local WeChat"},
		{"bot/weixin/local/a.go", imports(module + "/bot/weixin"), "imports nothing of the module"},
		{"bot/weixin/local/a.go", imports(module + "/domain/calendar"), "imports nothing of the module"},
		{"bot/weixin/local/a.go", imports("github.com/silenceper/wechat/v2/util"), "shares no code"},
		{"bot/a.go", imports(module + "/bot/weixin"), "the bot does not know WeChat"},
		{"storage/a.go", imports(module + "/cmd/xiangfeng"), "nothing imports cmd"},
		// The order within the domain.
		{"domain/fault/a.go", imports(module + "/domain/points"), "does not stand before domain/fault"},
		{"domain/points/a.go", imports(module + "/domain/calendar"), "does not stand before domain/points"},
		{"domain/ledger/a.go", imports(module + "/domain/record"), "does not stand before domain/ledger"},
		{"domain/quarter/a.go", imports(module + "/domain/dispute"), "does not stand before domain/quarter"},
		{"domain/script/a.go", imports(module + "/domain/usecase"), "does not stand before domain/script"},
		{"domain/usecase/ask/a.go", imports(module + "/domain/usecase/tell"), "does not stand before domain/usecase/ask"},
		{"domain/usecase/a.go", imports(module + "/domain/usecase/ask"), "does not stand before domain/usecase"},
		// Libraries behind their fence, for tests too.
		{"handlers/callback/a.go", imports("github.com/silenceper/wechat/v2"), "only bot/weixin may import"},
		{"bot/a_test.go", imports("github.com/silenceper/wechat/v2/util"), "only bot/weixin may import"},
		{"jobs/a.go", imports("gorm.io/gorm"), "only storage may import"},
		{"cmd/xiangfeng/a.go", imports("github.com/go-redis/redis/v8"), "only storage may import"},
		{"cmd/xiangfeng/a.go", imports("github.com/jackc/pgx/v5/stdlib"), "only storage may import"},
		{"cmd/xiangfeng/a.go", imports("github.com/pressly/goose/v3"), "only storage may import"},
		{"handlers/web/a.go", imports("database/sql"), "only storage may import"},
		{"storage/a.go", imports("github.com/riverqueue/river"), "only storage/queue may import"},
		{"cmd/xiangfeng/a_test.go", imports("github.com/xuri/excelize/v2"), "only storage/workbook may import"},
		{"handlers/web/a.go", imports("github.com/danielgtaylor/huma/v2"), "only handlers/mini may import"},
		// What the domain does not touch.
		{"domain/ledger/a.go", imports("gorm.io/gorm"), "only storage may import"},
		{"domain/ledger/a.go", imports("encoding/json"), "the domain does not import encoding/json"},
		{"domain/ledger/a.go", imports("net/http"), "the domain does not import net/http"},
		{"domain/ledger/a.go", imports("os"), "the domain does not import os"},
		{"domain/ledger/a.go", imports("math/rand"), "the domain does not import math/rand"},
		{"domain/ledger/a.go", "package a\nimport \"time\"\nvar x = time.Now()", "does not use time.Now"},
		{"domain/ledger/a.go", "package a\nimport \"time\"\nvar x = time.Now", "does not use time.Now"},
		{"domain/ledger/a.go", "package a\nimport clock \"time\"\nvar x = clock.Since(y)", "does not use time.Since"},
		{"domain/ledger/a_test.go", "package a\nimport \"time\"\nvar x = time.Now()", "does not use time.Now"},
		{"domain/sample/a.go", "package a\nimport \"math/rand/v2\"\nvar x = rand.IntN(6)", "rand.IntN, which has no seed"},
		{"domain/ledger/a.go", "package a\nimport . \"strings\"\nvar x = ToUpper(y)", "without its name"},
		{"domain/ledger/a.go", "package a\ntype x struct { Y int `json:\"y\"` }", "has the tag"},
		{"domain/usecase/ask/a.go", "package a\ntype x struct { Y int `gorm:\"column:y\"` }", "has the tag"},
		// Folders.
		{"pkg/a.go", "package a", "pkg: an undeclared folder"},
		{"internal/a.txt", "", "internal: an undeclared folder"},
		{"domain/util/a.go", "package a", "domain/util is an undeclared folder"},
		{"handlers/common/a_test.go", "package a", "handlers/common is an undeclared folder"},
		{"a.go", "package a", "the root holds tests only"},
	}
	for _, test := range tests {
		tree := cleanTree()
		tree[test.file] = &fstest.MapFile{Data: []byte(test.text)}
		found, _, err := violations(tree)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 1 || !strings.Contains(found[0], test.want) {
			t.Errorf("%s\n%s\nreported %q, want one with %q", test.file, test.text, found, test.want)
		}
	}
}

func TestCleanTree(t *testing.T) {
	t.Parallel()
	found, read, err := violations(cleanTree())
	if err != nil || len(found) > 0 || read != 15 {
		t.Errorf("reported %q in %d files: %v", found, read, err)
	}
}

// cleanTree holds what the rules allow and a coarser rule would refuse.
func cleanTree() fstest.MapFS {
	files := map[string]string{
		"cmd/xiangfeng/ok.go":            imports(module+"/storage", module+"/bot/weixin/local", module+"/handlers/callback", module+"/jobs"),
		"handlers/callback/ok.go":        imports(module+"/bot", module+"/bot/weixin", module+"/handlers/web", module+"/domain/usecase/ask"),
		"handlers/callback/ok_test.go":   imports(module+"/storage", module+"/bot/weixin/local"),
		"bot/ok.go":                      imports(module+"/domain/script", "encoding/json", "os"),
		"bot/weixin/ok.go":               imports(module+"/bot", "github.com/silenceper/wechat/v2/util"),
		"bot/weixin/local/ok.go":         imports("net/http", "encoding/xml"),
		"storage/ok.go":                  imports("gorm.io/gorm", "database/sql", "github.com/go-redis/redis/v8", module+"/domain/ledger"),
		"storage/conformance/ok.go":      imports(module+"/storage", module+"/domain/usecase", "gorm.io/gorm"),
		"storage/queue/ok.go":            imports("github.com/riverqueue/river"),
		"domain/script/ok.go":            imports(module+"/domain/notice", module+"/domain/fault", "time", "net2", "osmosis"),
		"domain/sample/ok.go":            "package a\nimport (\"math/rand/v2\"; \"time\")\nvar x = rand.New(rand.NewPCG(1, 2)).IntN(6)\nvar y = time.Unix(0, 0)",
		"domain/usecase/ask/ok.go":       imports(module+"/domain/usecase", module+"/domain/sample", module+"/domain/script"),
		"domain/usecase/ask/ok_test.go":  imports("os", "encoding/json", module+"/domain/usecase/tell", module+"/storage"),
		"storage/ok_test.go":             "package a\nimport \"time\"\ntype x struct { Y int `json:\"y\" gorm:\"column:y\"` }\nvar z = time.Now()",
		"domain/ledger/testdata/bad.go":  imports("gorm.io/gorm"),
		"storage/migrations/sqlite/.sql": "",
		".git/hooks/bad.go":              imports("gorm.io/gorm"),
		"miniprogram/node_modules/b.go":  "package b",
		"docs/decisions/0001.md":         "",
		"deploy/xiangfeng.service":       "",
		"domain/ledger/ok.go":            imports("time", module+"/domain/household"),
	}
	tree := make(fstest.MapFS)
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

// imports returns a file that imports the paths.
func imports(paths ...string) string {
	var b strings.Builder
	b.WriteString("package a\n")
	for _, p := range paths {
		fmt.Fprintf(&b, "import %q\n", p)
	}
	return b.String()
}
