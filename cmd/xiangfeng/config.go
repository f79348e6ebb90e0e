package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// config is the configuration file. Every key can be overridden by XIANGFENG_
// and its path in capitals; a secret also by the path of a file that holds it,
// in the same name with _FILE behind it.
type config struct {
	Environment   string   `yaml:"environment"`
	Listen        string   `yaml:"listen"`
	MetricsListen string   `yaml:"metrics_listen"`
	PublicURL     string   `yaml:"public_url"`
	Database      secret   `yaml:"database"`
	DatabaseOwner secret   `yaml:"database_owner"`
	SecretKey     secret   `yaml:"secret_key"`
	Redis         string   `yaml:"redis"`
	Photos        string   `yaml:"photos"`
	ClockFile     string   `yaml:"clock_file"`
	LogLevel      string   `yaml:"log_level"`
	Wechat        platform `yaml:"wechat"`
	Voice         engine   `yaml:"voice"`
	Push          pushing  `yaml:"push"`

	OfficialAccount account `yaml:"official_account"`
	MiniProgram     account `yaml:"mini_program"`
}

type platform struct {
	APIBaseURL string `yaml:"api_base_url"`
}

// engine is what turns speech into words; without an address there is none.
type engine struct {
	URL   string `yaml:"url"`
	Token secret `yaml:"token"`
}

// account is what WeChat's console shows of an account's developer settings.
type account struct {
	AppID          string `yaml:"app_id"`
	OriginalID     string `yaml:"original_id"`
	Secret         secret `yaml:"secret"`
	Token          secret `yaml:"token"`
	AESKey         secret `yaml:"aes_key"`
	PreviousAESKey secret `yaml:"previous_aes_key"`
}

// pushing is how people are told something without asking: each kind of notice
// has the ways that it goes by, a line each, in their order.
type pushing struct {
	Pace          string `yaml:"pace"`
	TemplateDaily string `yaml:"template_daily"`
	Usual         string `yaml:"usual"`
	Published     string `yaml:"published"`
	Dispute       string `yaml:"dispute"`
	Case          string `yaml:"case"`
	Timetable     string `yaml:"timetable"`
	Late          string `yaml:"late"`
	Visits        string `yaml:"visits"`
	Summary       string `yaml:"summary"`
	Alarm         string `yaml:"alarm"`
}

func (a account) configured() bool { return a.AppID != "" }

const prefix = "XIANGFENG_"

// owner is the login that owns the tables: it makes them and fills them in bulk.
func (c config) owner() secret {
	if c.DatabaseOwner != "" {
		return c.DatabaseOwner
	}
	return c.Database
}

// site is public_url without a slash at its end, for paths to follow.
func (c config) site() string { return strings.TrimRight(c.PublicURL, "/") }

// defaults are what an empty file means.
func defaults() config {
	return config{
		Environment: "dev", Listen: "127.0.0.1:8080", MetricsListen: "127.0.0.1:9090", PublicURL: "http://127.0.0.1:8080",
		Database: "sqlite:data/xiangfeng.db", Photos: "file:data/photos", LogLevel: "info",
		Wechat: platform{APIBaseURL: "https://api.weixin.qq.com"},
		Push:   pushing{Pace: "100", TemplateDaily: "100000", Usual: "service"},
	}
}

// loadConfig reads the file and the environment and refuses with everything
// that is wrong at once, in Chinese. No value of a secret is in the error.
func loadConfig(path string, environ []string) (config, error) {
	c := defaults()
	text, err := os.ReadFile(path)
	if err != nil {
		return c, errors.New(script.NoConfig(path))
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, errors.New(script.BadConfig(path, misread(err)))
	}
	if c == (config{}) { // the decoder takes a file without any key for nothing at all
		c = defaults()
	}
	var files []string
	if c.holdsSecrets() {
		files = append(files, path)
	}
	read, wrong := c.overlay(environ)
	wrong = append(wrong, c.check()...)
	if c.Environment == "production" {
		wrong = append(wrong, exposed(append(files, read...))...)
	}
	if len(wrong) > 0 {
		return c, errors.New(script.WrongConfig(wrong))
	}
	return c, nil
}

// misread says where the file is wrong, and in what way where that can be told
// without a value, which could be a secret.
func misread(err error) string {
	var known yaml.Error
	if !errors.As(err, &known) || known.GetToken() == nil {
		return script.NotYAML(0, 0)
	}
	at, key := known.GetToken().Position, known.GetToken().Value
	switch _, unknown := known.(*yaml.UnknownFieldError); {
	case unknown:
		return script.UnknownKey(at.Line, at.Column, key)
	case strings.Contains(known.GetMessage(), "already defined"):
		return script.DoubledKey(at.Line, at.Column, key)
	}
	return script.NotYAML(at.Line, at.Column)
}

// keys are the variables that override the configuration, with their fields.
func (c *config) keys() map[string]reflect.Value {
	keys := map[string]reflect.Value{}
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		for i := range v.NumField() {
			name := path + strings.ToUpper(v.Type().Field(i).Tag.Get("yaml"))
			if f := v.Field(i); f.Kind() == reflect.Struct {
				walk(f, name+"_")
			} else {
				keys[name] = f
			}
		}
	}
	walk(reflect.ValueOf(c).Elem(), prefix)
	return keys
}

// overlay lets the environment override the file. It returns the files that
// secrets were read from and what is wrong: a variable that no key knows is,
// as a misspelt key in the file.
func (c *config) overlay(environ []string) (files, wrong []string) {
	keys, given := c.keys(), map[string]bool{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, prefix+"TEST_") {
			continue
		}
		key := name
		field, known := keys[key]
		if !known {
			key = strings.TrimSuffix(name, "_FILE")
			field, known = keys[key]
			known = known && field.Type() == reflect.TypeFor[secret]()
		}
		switch {
		case !known:
			wrong = append(wrong, script.BadEnvironment(name))
			continue
		case given[key]:
			wrong = append(wrong, script.GivenTwice(key))
		}
		given[key] = true
		if key != name {
			text, err := os.ReadFile(value)
			if err != nil {
				wrong = append(wrong, script.BadSecretFile(name))
			}
			files, value = append(files, value), strings.TrimSpace(string(text))
		}
		field.SetString(value)
	}
	return files, wrong
}

// holdsSecrets tells whether any secret is not its default.
func (c *config) holdsSecrets() bool {
	usual := defaults()
	plain := usual.keys()
	for name, field := range c.keys() {
		if field.Type() == reflect.TypeFor[secret]() && field.String() != "" && !field.Equal(plain[name]) {
			return true
		}
	}
	return false
}

// exposed are the files that others than their owner may read.
func exposed(files []string) []string {
	var wrong []string
	for _, path := range files {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			wrong = append(wrong, script.Exposed(path))
		}
	}
	return wrong
}

// check returns everything that is wrong, a sentence each.
func (c config) check() []string {
	var wrong []string
	add := func(bad bool, key, why string) {
		if bad {
			wrong = append(wrong, script.WrongKey(key, why))
		}
	}
	production := c.Environment == "production"
	add(!slices.Contains([]string{"dev", "test", "production"}, c.Environment), "environment", "只能是 dev、test 或 production")
	add(!address(c.Listen), "listen", "要写成 主机:端口")
	add(c.MetricsListen != "" && !address(c.MetricsListen), "metrics_listen", "要写成 主机:端口，或留空不开")
	add(!webAddress(c.PublicURL), "public_url", "要以 http:// 或 https:// 开头")
	add(!webAddress(c.Wechat.APIBaseURL), "wechat.api_base_url", "要以 http:// 或 https:// 开头")
	add(c.Voice.URL != "" && !webAddress(c.Voice.URL), "voice.url", "要以 http:// 或 https:// 开头，或留空")
	add(!database(string(c.Database)), "database", "要写成 sqlite:路径 或 postgres://…")
	add(c.DatabaseOwner != "" && !strings.HasPrefix(string(c.DatabaseOwner), "postgres"), "database_owner", "要写成 postgres://…，或留空")
	add(!strings.HasPrefix(c.Photos, "file:") || c.Photos == "file:", "photos", "要写成 file:文件夹")
	add(c.Redis != "" && !address(c.Redis), "redis", "要写成 主机:端口，或留空")
	add(!slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel), "log_level", "只能是 debug、info、warn 或 error")
	add(production && c.ClockFile != "", "clock_file", "正式环境不能拨时钟，请留空")
	add(production && !strings.HasPrefix(string(c.Database), "postgres"), "database", "正式环境要用 PostgreSQL")
	add(production && c.SecretKey == "", "secret_key", "正式环境不能空，"+script.CureSecretKey)
	add(c.SecretKey != "" && len(c.SecretKey) < shortestKey, "secret_key", "太短，要 32 位以上")
	add(production && !c.OfficialAccount.configured(), "official_account.app_id", "正式环境不能空")
	for name, a := range map[string]account{"official_account": c.OfficialAccount, "mini_program": c.MiniProgram} {
		if a.configured() {
			add(a.Secret == "", name+".secret", "不能空")
			add(a.Token == "", name+".token", "不能空")
			add(a.AESKey == "", name+".aes_key", "不能空，请选安全模式，填 43 位的 EncodingAESKey")
			add(a.AESKey != "" && len(a.AESKey) != 43, name+".aes_key", "应当是 43 位")
			add(a.PreviousAESKey != "" && len(a.PreviousAESKey) != 43, name+".previous_aes_key", "应当是 43 位")
		}
	}
	add(c.OfficialAccount.configured() && c.OfficialAccount.OriginalID == "", "official_account.original_id", "不能空，是 gh_ 开头的原始ID")
	wrong = append(wrong, c.Push.check()...)
	slices.Sort(wrong)
	return wrong
}

func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func database(s string) bool {
	path, sqlite := strings.CutPrefix(s, "sqlite:")
	return sqlite && path != "" || strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

// secret is a value that is never printed.
type secret string

const redacted = "[secret]"

func (secret) String() string               { return redacted }
func (secret) GoString() string             { return redacted }
func (secret) MarshalText() ([]byte, error) { return []byte(redacted), nil } //nolint:unparam // encoding.TextMarshaler
func (secret) Format(f fmt.State, _ rune)   { fmt.Fprint(f, redacted) }
