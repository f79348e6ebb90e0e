package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

const exampleFile = "../../config.example.yaml"

// written puts a configuration into a file.
func written(t testing.TB, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExampleIsTheDefaultsAndNamesEveryKey(t *testing.T) {
	t.Parallel()
	c, err := loadConfig(exampleFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c != defaults() {
		t.Error("the example differs from the defaults")
	}
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]any{}
	if err := yaml.Unmarshal(text, &documented); err != nil {
		t.Fatal(err)
	}
	var names []string
	for key, value := range documented {
		section, nested := value.(map[string]any)
		if !nested {
			names = append(names, prefix+strings.ToUpper(key))
		}
		for inner := range section {
			names = append(names, prefix+strings.ToUpper(key+"_"+inner))
		}
	}
	var want []string
	for name := range c.keys() {
		want = append(want, name)
	}
	slices.Sort(names)
	slices.Sort(want)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

// TestNothingIsTheDefaults: an empty file starts, and so does one with comments only.
func TestNothingIsTheDefaults(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "# nothing\n", "official_account:\n", "redis:\n"} {
		if c, err := loadConfig(written(t, text, 0o600), []string{"HOME=/root", "XIANGFENG_TEST_POSTGRES=x"}); err != nil || c != defaults() {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// good values that differ from the defaults, where not any text will do.
var good = map[string]string{
	"XIANGFENG_ENVIRONMENT": "test", "XIANGFENG_LISTEN": "127.0.0.1:81", "XIANGFENG_METRICS_LISTEN": "", "XIANGFENG_PUBLIC_URL": "https://jf.example",
	"XIANGFENG_DATABASE": "postgres://a:b@c/d", "XIANGFENG_DATABASE_OWNER": "postgres://o:p@c/d", "XIANGFENG_REDIS": "r:6379",
	"XIANGFENG_SECRET_KEY":          strings.Repeat("s", 32),
	"XIANGFENG_WECHAT_API_BASE_URL": "http://127.0.0.1:9", "XIANGFENG_LOG_LEVEL": "debug", "XIANGFENG_VOICE_URL": "http://127.0.0.1:10/asr",
	"XIANGFENG_PHOTOS":                   "file:/srv/photos",
	"XIANGFENG_PUSH_PACE":                "20",
	"XIANGFENG_PUSH_TEMPLATE_DAILY":      "1000",
	"XIANGFENG_PUSH_USUAL":               "template TEMPLATE_ID thing1=home; service",
	"XIANGFENG_PUSH_PUBLISHED":           "service",
	"XIANGFENG_PUSH_DISPUTE":             "service",
	"XIANGFENG_PUSH_CASE":                "service",
	"XIANGFENG_PUSH_TIMETABLE":           "service",
	"XIANGFENG_PUSH_LATE":                "service",
	"XIANGFENG_PUSH_VISITS":              "service",
	"XIANGFENG_PUSH_SUMMARY":             "service",
	"XIANGFENG_PUSH_ALARM":               "service",
	"XIANGFENG_OFFICIAL_ACCOUNT_AES_KEY": strings.Repeat("k", 43), "XIANGFENG_OFFICIAL_ACCOUNT_PREVIOUS_AES_KEY": strings.Repeat("p", 43),
	"XIANGFENG_MINI_PROGRAM_AES_KEY": strings.Repeat("m", 43), "XIANGFENG_MINI_PROGRAM_PREVIOUS_AES_KEY": strings.Repeat("q", 43),
}

// TestEnvironmentOverridesEveryKey, to an empty value also, and a secret's
// file does the same.
func TestEnvironmentOverridesEveryKey(t *testing.T) {
	t.Parallel()
	c := defaults()
	var environ, files []string
	for name, field := range c.keys() {
		value, given := good[name]
		if !given {
			value = "value of " + name
		}
		environ = append(environ, name+"="+value)
		if field.Type() == reflect.TypeFor[secret]() {
			files = append(files, name+"_FILE="+written(t, value+"\n", 0o600))
		} else {
			files = append(files, name+"="+value)
		}
	}
	for _, environ := range [][]string{environ, files} {
		got, err := loadConfig(exampleFile, environ)
		if err != nil {
			t.Fatal(err)
		}
		for name, field := range got.keys() {
			want, given := good[name]
			if !given {
				want = "value of " + name
			}
			if field.String() != want {
				t.Errorf("%s is not overridden", name)
			}
		}
	}
}

// production is a configuration that may start there.
const production = `environment: production
secret_key: canaryKeyOfTheInstallation012345
database: postgres://xf:canaryDatabase@127.0.0.1/xf
official_account:
  app_id: wx0123456789abcdef
  original_id: gh_0123456789ab
  secret: canarySecret
  token: canaryToken
  aes_key: canaryKeyxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
`

// TestBadStarts: each is refused in Chinese, with every problem and the place
// where it is, and with no secret in it.
func TestBadStarts(t *testing.T) {
	t.Parallel()
	for what, tt := range map[string]struct {
		text    string
		mode    os.FileMode
		environ []string
		want    []string
	}{
		"unknown key":               {"listen: a:1\nlisten_addr: x\n", 0o600, nil, []string{"第2行第1列，不认识 listen_addr"}},
		"unknown key within":        {"official_account:\n  app_id: a\n  tokn: canaryToken\n", 0o600, nil, []string{"第3行第3列，不认识 tokn"}},
		"a key twice":               {"listen: a:1\nlisten: b:2\n", 0o600, nil, []string{"第2行第1列，listen 写了两次"}},
		"a list":                    {"- listen\n", 0o600, nil, []string{"第1行第1列看不懂"}},
		"a secret that is a list":   {"official_account:\n  token: [canaryToken]\n", 0o600, nil, []string{"第2行第10列看不懂"}},
		"an open quote":             {"official_account:\n  token: \"canaryToken\n", 0o600, nil, []string{"第2行", "看不懂"}},
		"a tab":                     {"official_account:\n\ttoken: canaryToken\n", 0o600, nil, []string{"第2行", "看不懂"}},
		"no YAML":                   {"canaryToken", 0o600, nil, []string{"看不懂"}},
		"several":                   {"environment: live\nlisten: 8080\npublic_url: www\nredis: x\nlog_level: loud\n", 0o600, nil, []string{"5 处", "environment：", "listen：", "public_url：", "redis：", "log_level："}},
		"half an account":           {"official_account: {app_id: wx1, aes_key: canaryKey}\n", 0o600, nil, []string{"4 处", "official_account.secret：不能空", "official_account.token：不能空", "official_account.original_id：不能空", "official_account.aes_key：应当是 43 位"}},
		"half a Mini Program":       {"mini_program: {app_id: wx1}\n", 0o600, nil, []string{"3 处", "mini_program.secret：不能空"}},
		"another database":          {"database: mysql://root:canaryDatabase@h/x\n", 0o600, nil, []string{"database：要写成"}},
		"an unknown variable":       {"", 0o600, []string{"XIANGFENG_OFICIAL_TOKEN=canaryToken", "XIANGFENG_REDIS_FILE=/x"}, []string{"2 处", "XIANGFENG_OFICIAL_TOKEN：不认识", "XIANGFENG_REDIS_FILE：不认识"}},
		"a secret for a file":       {"", 0o600, []string{"XIANGFENG_OFFICIAL_ACCOUNT_TOKEN_FILE=canaryToken"}, []string{"XIANGFENG_OFFICIAL_ACCOUNT_TOKEN_FILE：指的文件读不到"}},
		"a secret and its file":     {"", 0o600, []string{"XIANGFENG_DATABASE=sqlite:x", "XIANGFENG_DATABASE_FILE=" + exampleFile}, []string{"XIANGFENG_DATABASE：和 XIANGFENG_DATABASE_FILE 只能设一个"}},
		"production, SQLite":        {strings.Replace(production, "postgres://xf:canaryDatabase@127.0.0.1/xf", "sqlite:x.db", 1), 0o600, nil, []string{"1 处", "database：正式环境要用 PostgreSQL"}},
		"production, moved clock":   {production + "clock_file: /tmp/clock\n", 0o600, nil, []string{"1 处", "clock_file：正式环境不能拨时钟"}},
		"production, clock outside": {production, 0o600, []string{"XIANGFENG_CLOCK_FILE=/tmp/clock"}, []string{"1 处", "clock_file："}},
		"production, plain mode":    {production[:strings.Index(production, "  aes_key")], 0o600, nil, []string{"1 处", "official_account.aes_key：不能空"}},
		"production, no key":        {strings.Replace(production, "secret_key: canaryKeyOfTheInstallation012345", "", 1), 0o600, nil, []string{"1 处", "secret_key：正式环境不能空"}},
		"a short key":               {"secret_key: canaryKeyOfTheInstallation01234\n", 0o600, nil, []string{"1 处", "secret_key：太短"}},
		"production, no account":    {"environment: production\ndatabase: postgres://h/x\n", 0o600, []string{"XIANGFENG_SECRET_KEY=canaryKeyOfTheInstallation012345"}, []string{"1 处", "official_account.app_id：正式环境不能空"}},
		"production, read by all":   {production, 0o644, nil, []string{"1 处", "chmod 600"}},
		"production, by the group":  {production, 0o640, nil, []string{"1 处", "chmod 600"}},
		"production, secret by all": {strings.Replace(production, "  token: canaryToken\n", "", 1), 0o600, []string{"XIANGFENG_OFFICIAL_ACCOUNT_TOKEN_FILE=" + written(t, "canaryToken", 0o604)}, []string{"1 处", "chmod 600"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			_, err := loadConfig(written(t, tt.text, tt.mode), tt.environ)
			if err == nil {
				t.Fatal("it starts")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%s\nwant %q in it", err, want)
				}
			}
			if strings.Contains(err.Error(), "canary") {
				t.Errorf("a secret is in it: %s", err)
			}
		})
	}
	if _, err := loadConfig(filepath.Join(t.TempDir(), "none.yaml"), nil); err == nil || !strings.Contains(err.Error(), "读不到配置文件") {
		t.Error(err)
	}
}

func TestProductionStarts(t *testing.T) {
	t.Parallel()
	c, err := loadConfig(written(t, production, 0o600), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.OfficialAccount.Token != "canaryToken" || c.Database != "postgres://xf:canaryDatabase@127.0.0.1/xf" {
		t.Error("the file is not what was read")
	}
	// Without secrets in it, the file may be read by all.
	bare, environ := "environment: production\nofficial_account: {app_id: wx1, original_id: gh_1}\n", []string{
		"XIANGFENG_DATABASE=postgres://h/x", "XIANGFENG_SECRET_KEY=" + strings.Repeat("s", 32), "XIANGFENG_OFFICIAL_ACCOUNT_SECRET=s", "XIANGFENG_OFFICIAL_ACCOUNT_TOKEN=t",
		"XIANGFENG_OFFICIAL_ACCOUNT_AES_KEY=" + strings.Repeat("k", 43),
	}
	if _, err := loadConfig(written(t, bare, 0o644), environ); err != nil {
		t.Error(err)
	}
}

// TestNumbersStayText: a secret of digits keeps its zeros.
func TestNumbersStayText(t *testing.T) {
	t.Parallel()
	text := strings.Replace(production, "canarySecret", "00123456789012345678901234567890", 1)
	c, err := loadConfig(written(t, text, 0o600), nil)
	if err != nil || c.OfficialAccount.Secret != "00123456789012345678901234567890" {
		t.Errorf("%v; it is not what was written", err)
	}
}

// TestSecretsNeverPrint, whoever prints the configuration and however.
func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	c, err := loadConfig(written(t, production, 0o600), nil)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		for _, v := range []any{c, &c, c.OfficialAccount, c.OfficialAccount.Secret, &c.OfficialAccount.Secret, []secret{c.Database}, map[string]secret{"a": c.Database}} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	out.WriteString(c.OfficialAccount.Secret.String() + c.OfficialAccount.Secret.GoString())
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		text, err := marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	var logged bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(handler).Error("starts", "config", c, "pointer", &c, "secret", c.OfficialAccount.Secret, "account", c.OfficialAccount)
	}
	out.Write(logged.Bytes())
	if strings.Contains(out.String(), "canary") || strings.Contains(out.String(), fmt.Sprintf("%x", "canary")) {
		t.Error(out.String())
	}
	if !strings.Contains(out.String(), redacted) || !strings.Contains(out.String(), "wx0123456789abcdef") {
		t.Error("nothing was printed")
	}
}
