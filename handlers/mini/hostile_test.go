package mini_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// TestHostileRequests makes requests of the API's own description: wrong types,
// huge things, odd characters, SQL, other people's ids, missing and unknown
// keys. None of them has an effect, and none is answered with an error of the
// server.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		beset(t, newWorld(t), 10_000)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		beset(t, worldOn(t, conformance.Postgres(t)), 2_000)
	})
}

// beset sends a world so many hostile requests.
func beset(t *testing.T, w *world, requests int) {
	t.Helper()
	here, there := w.stage(t, township()[0], "a"), w.stage(t, township()[1], "b")
	tokens := []string{"", "junk", here["token plain"], here["token stranger"], here["token team_member"], here["token leader"], here["token auditor"]}
	before, all := w.state(t), addresses(w.API)
	const workers = 4
	var wg sync.WaitGroup
	var statuses [workers]map[int]int
	for n := range workers {
		wg.Go(func() {
			statuses[n] = map[int]int{}
			f := fiend{rand.New(rand.NewPCG(uint64(n), 46)), w, there, tokens, all}
			for range requests / workers {
				r, sent := f.request()
				got := w.do(r)
				statuses[n][got.status]++
				if bad := f.wrong(got); bad != "" {
					t.Errorf("%s\n%s\n%d %s", bad, sent, got.status, got.body)
				}
			}
		})
	}
	wg.Wait()
	sum := map[int]int{}
	for _, s := range statuses {
		for status, n := range s {
			sum[status] += n
		}
	}
	t.Log(sum)
	for _, status := range []int{400, 401, 404, 413, 415, 422} {
		if sum[status] == 0 {
			t.Errorf("none was answered %d: %v", status, sum)
		}
	}
	for table, now := range w.state(t) {
		if now != before[table] {
			t.Errorf("table %s has changed", table)
		}
	}
}

// noted are the tables that a refusal is noted in, and those of the queue.
var noted = []string{"outcome", "answer", "session", "wrong_try", "step", "goose_db_version"}

// state is what stands in each table, as a hash.
func (w *world) state(t *testing.T) map[string]string {
	t.Helper()
	db := conformance.Tables(t, w.dsn)
	var names []string
	tables := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'river%'"
	if !strings.HasPrefix(w.dsn, "sqlite") {
		tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE 'river%'"
	}
	rows, err := db.Query(tables)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 20 {
		t.Fatalf("%v in %q", err, names)
	}
	found := map[string]string{}
	for _, name := range names {
		if !slices.Contains(noted, name) {
			found[name] = w.sum(t, name)
		}
	}
	return found
}

func (w *world) sum(t *testing.T, table string) string {
	t.Helper()
	rows, err := conformance.Tables(t, w.dsn).Query("SELECT * FROM " + table + " ORDER BY 1, 2")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			fmt.Fprintf(sum, "%v\n", *v.(*any))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// fiend makes requests that nobody honest makes.
type fiend struct {
	*rand.Rand
	w      *world
	theirs scene // things of another village
	tokens []string
	all    []string // addresses
}

func pick[T any](f fiend, from []T) T { return from[f.IntN(len(from))] }

// texts are strings that have broken something somewhere.
var texts = []string{
	"", " ", "0", "-1", "true", "null", "NaN", "undefined", "' OR '1'='1", "'; DROP TABLE event; --", "1; SELECT pg_sleep(9)", `" OR ""="`,
	"\\", "%00", "%", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "\u0000", "a\u0000b", "\u202e\u200b\ufeff", "🏴‍☠️𠮷", "é\u0301\u0301\u0301",
	"\ufffd", "2026-02-30", "0000-00-00", "9999-99-99", "2026-11-24T25:61:61Z", "-0001-01-01T00:00:00Z", "1e309", "18446744073709551616", "٣", "ＸＦ－ＡＡ", "XF-AAAAAAAA", "XF-", "\r\nSet-Cookie: a=b",
	strings.Repeat("长", 300), strings.Repeat("A", 5000), strings.Repeat("f", 64), strings.Repeat("..", 40),
}

// numbers are those at the edges of what they are kept in.
var numbers = []string{"0", "-1", "1e308", "-1e308", "9223372036854775808", "2147483648", "0.1", "1e-320", "99999999999999999999999999"}

func (f fiend) text() string {
	if f.IntN(5) == 0 {
		return pick(f, slices.Sorted(maps.Values(f.things())))
	}
	return pick(f, texts)
}

// things are the ids of another village.
func (f fiend) things() scene {
	things := scene{}
	for name, value := range f.theirs {
		if !strings.HasPrefix(name, "token") && name != "evidence" && name != "item" && name != "bad" {
			things[name] = value
		}
	}
	return things
}

// value is some JSON of a wrong or of the wanted kind.
func (f fiend) value(s *huma.Schema, depth int) string {
	if s != nil && s.Ref != "" {
		s = f.w.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil || f.IntN(4) == 0 {
		return pick(f, []string{"null", "true", "[]", "{}", `[[[[[[1]]]]]]`, `{"a":{"b":{"c":1}}}`, pick(f, numbers), quote(f.text())})
	}
	switch s.Type {
	case huma.TypeObject:
		return f.object(s, depth)
	case huma.TypeArray:
		items := make([]string, f.IntN(3))
		if f.IntN(20) == 0 {
			items = make([]string, 600)
		}
		for i := range items {
			items[i] = f.value(s.Items, depth+1)
		}
		return "[" + strings.Join(items, ",") + "]"
	case huma.TypeInteger, huma.TypeNumber:
		return pick(f, numbers)
	case huma.TypeBoolean:
		return pick(f, []string{"true", "false"})
	}
	return quote(f.text())
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// object leaves keys out and adds what nobody knows.
func (f fiend) object(s *huma.Schema, depth int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if f.IntN(8) > 0 && depth < 6 {
			parts = append(parts, quote(name)+":"+f.value(s.Properties[name], depth+1))
		}
	}
	if f.IntN(8) == 0 {
		parts = append(parts, pick(f, []string{`"admin":true`, `"person_id":1`, `"__proto__":{}`, `"state":"confirmed"`, `"tenths":99999`}))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// body is what is sent, and as what kind.
func (f fiend) body(op *huma.Operation) (text, kind string) {
	media := op.RequestBody.Content["application/json"]
	if media == nil {
		media = &huma.MediaType{}
	}
	switch f.IntN(12) {
	case 0:
		return pick(f, []string{"", "{", "[", "\x00", "\xff\xfe", `{"a":1}{"b":2}`, strings.Repeat("[", 20_000), "<xml/>", "a=1&b=2"}), "application/json"
	case 1:
		return f.value(media.Schema, 0), pick(f, []string{"text/plain", "application/xml", "multipart/form-data; boundary=a", "multipart/form-data", "application/cbor", ";", "application/json; charset=gbk"})
	case 2:
		return `{"code":"` + strings.Repeat("x", 70_000) + `"}`, "application/json"
	}
	return f.value(media.Schema, 0), "application/json"
}

// request makes one of any address, and how to read it in a report.
func (f fiend) request() (*http.Request, string) {
	address := pick(f, f.all)
	method, path, _ := strings.Cut(address, " ")
	token := pick(f, f.tokens)
	if address == "POST /logout" {
		token = "junk" // with another it does what it says
	}
	item := f.w.OpenAPI().Paths["/api/v1"+path]
	op := map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put}[method]
	query := url.Values{}
	for _, p := range op.Parameters {
		switch p.In {
		case "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(f.text()))
		case "query":
			query.Set(p.Name, pick(f, []string{f.text(), pick(f, numbers)}))
		}
	}
	if f.IntN(10) == 0 {
		query.Set(f.text(), f.text())
	}
	text, kind := "", ""
	if op.RequestBody != nil {
		text, kind = f.body(op)
	}
	r := httptest.NewRequest(method, "/api/v1/x", strings.NewReader(text))
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = unescaped("/api/v1"+path), "/api/v1"+path, query.Encode()
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Idempotency-Key", pick(f, []string{fmt.Sprintf("hostile-%d-%d", f.Uint64(), f.Uint64()), "hostile-the-same", "", "short", f.text()}))
	r.Header.Set("X-Unsent", f.text())
	r.Header.Set("X-Phone", f.text())
	if f.IntN(10) == 0 {
		r.Header.Set("X-Person", f.text())
	}
	r.Header.Set("Accept", pick(f, []string{"", "*/*", "application/xml", "application/cbor;q=x", f.text()}))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	switch f.IntN(40) {
	case 0:
		r.Header.Set("Content-Encoding", "gzip")
	case 1:
		r.Body = http.NoBody
	case 2:
		r.Body = &broken{}
		r.ContentLength = -1
	case 3:
		r.Method = pick(f, []string{http.MethodDelete, http.MethodPatch, http.MethodOptions, "TRACE", "FOO"})
	}
	return r, fmt.Sprintf("%s %s?%s as %.8s… with %.300s", r.Method, r.URL.Path, r.URL.RawQuery, token, text)
}

func unescaped(path string) string {
	text, err := url.PathUnescape(path)
	if err != nil {
		panic(err)
	}
	return text
}

// broken is a body whose sender goes away.
type broken struct{}

func (*broken) Read(p []byte) (int, error) {
	return iotest.ErrReader(fmt.Errorf("gone")).Read(p)
}

func (*broken) Close() error { return nil }

// wrong says what is wrong with an answer, "" for nothing.
func (f fiend) wrong(got answer) string {
	var body struct{ Code, Message string }
	switch {
	case got.status >= 500:
		return "an error of the server"
	case got.status >= 300 && got.status < 400:
		return "sent elsewhere"
	case got.status < 300:
		return ""
	case json.Unmarshal([]byte(got.body), &body) != nil || body.Code == "" || body.Message == "":
		return "no code and sentence"
	case strings.ContainsAny(body.Message, "<>{}'") || strings.Contains(strings.ToLower(got.body), "sql"):
		return "something of what was sent, or of the inside, is said"
	}
	return ""
}
