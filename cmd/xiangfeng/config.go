package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// config is the configuration file. Every key can be overridden by XIANGFENG_
// and its path in capitals; a secret also by the path of a file that holds it,
// in the same name with _FILE behind it.
type config struct {
	Environment   string   `yaml:"environment" env:"ENVIRONMENT"`
	Listen        string   `yaml:"listen" env:"LISTEN"`
	MetricsListen string   `yaml:"metrics_listen" env:"METRICS_LISTEN"`
	PublicURL     string   `yaml:"public_url" env:"PUBLIC_URL"`
	Database      secret   `yaml:"database" env:"DATABASE"`
	DatabaseOwner secret   `yaml:"database_owner" env:"DATABASE_OWNER"`
	Redis         string   `yaml:"redis" env:"REDIS"`
	Photos        string   `yaml:"photos" env:"PHOTOS"`
	ClockFile     string   `yaml:"clock_file" env:"CLOCK_FILE"`
	LogLevel      string   `yaml:"log_level" env:"LOG_LEVEL"`
	Wechat        platform `yaml:"wechat" envPrefix:"WECHAT_"`

	OfficialAccount account `yaml:"official_account" envPrefix:"OFFICIAL_ACCOUNT_"`
	MiniProgram     account `yaml:"mini_program" envPrefix:"MINI_PROGRAM_"`
}

type platform struct {
	APIBaseURL string `yaml:"api_base_url" env:"API_BASE_URL"`
}

// account is what WeChat's console shows of an account's developer settings.
type account struct {
	AppID          string `yaml:"app_id" env:"APP_ID"`
	OriginalID     string `yaml:"original_id" env:"ORIGINAL_ID"`
	Secret         secret `yaml:"secret" env:"SECRET"`
	Token          secret `yaml:"token" env:"TOKEN"`
	AESKey         secret `yaml:"aes_key" env:"AES_KEY"`
	PreviousAESKey secret `yaml:"previous_aes_key" env:"PREVIOUS_AES_KEY"`
}

func (a account) configured() bool { return a.AppID != "" }

// secrets are the variables that may also name a file.
var secrets = []string{
	"DATABASE", "DATABASE_OWNER",
	"OFFICIAL_ACCOUNT_SECRET", "OFFICIAL_ACCOUNT_TOKEN", "OFFICIAL_ACCOUNT_AES_KEY", "OFFICIAL_ACCOUNT_PREVIOUS_AES_KEY",
	"MINI_PROGRAM_SECRET", "MINI_PROGRAM_TOKEN", "MINI_PROGRAM_AES_KEY", "MINI_PROGRAM_PREVIOUS_AES_KEY",
}

const prefix = "XIANGFENG_"

// defaults are what an empty file means.
func defaults() config {
	return config{
		Environment: "dev", Listen: "127.0.0.1:8080", MetricsListen: "127.0.0.1:9090", PublicURL: "http://127.0.0.1:8080",
		Database: "sqlite:data/xiangfeng.db", Photos: "file:data/photos", LogLevel: "info",
		Wechat: platform{APIBaseURL: "https://api.weixin.qq.com"},
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
		return c, errors.New(script.BadConfig(path, yaml.FormatError(err, false, false)))
	}
	if err := overlay(&c, environ); err != nil {
		return c, err
	}
	if wrong := c.check(); len(wrong) > 0 {
		return c, errors.New(script.WrongConfig(wrong))
	}
	return c, nil
}

// overlay lets the environment override the file.
func overlay(c *config, environ []string) error {
	vars, err := variables(environ)
	if err != nil {
		return err
	}
	if err := env.ParseWithOptions(c, env.Options{Environment: vars, Prefix: prefix}); err != nil {
		return errors.New(script.BadEnvironment("")) // the error could hold a value
	}
	return nil
}

// variables are the program's own, with secrets read from the files that name
// them. One that no key knows is refused, as a misspelt key in the file is.
func variables(environ []string) (map[string]string, error) {
	known, err := env.GetFieldParamsWithOptions(&config{}, env.Options{Prefix: prefix})
	if err != nil {
		return nil, err
	}
	vars := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) || strings.HasPrefix(name, prefix+"TEST_") {
			continue
		}
		if slices.ContainsFunc(known, func(p env.FieldParams) bool { return p.Key == name }) {
			vars[name] = value
			continue
		}
		key, ok := strings.CutSuffix(strings.TrimPrefix(name, prefix), "_FILE")
		if !ok || !slices.Contains(secrets, key) {
			return nil, errors.New(script.BadEnvironment(name))
		}
		text, err := os.ReadFile(value)
		if err != nil {
			return nil, errors.New(script.BadSecretFile(name, value))
		}
		vars[prefix+key] = strings.TrimSpace(string(text))
	}
	return vars, nil
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
	add(!web(c.PublicURL), "public_url", "要以 http:// 或 https:// 开头")
	add(!web(c.Wechat.APIBaseURL), "wechat.api_base_url", "要以 http:// 或 https:// 开头")
	add(!database(string(c.Database)), "database", "要写成 sqlite:路径 或 postgres://…")
	add(c.DatabaseOwner != "" && !strings.HasPrefix(string(c.DatabaseOwner), "postgres"), "database_owner", "要写成 postgres://…，或留空")
	add(c.Redis != "" && !address(c.Redis), "redis", "要写成 主机:端口，或留空")
	add(!slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel), "log_level", "只能是 debug、info、warn 或 error")
	add(production && c.ClockFile != "", "clock_file", "正式环境不能拨时钟，请留空")
	add(production && !strings.HasPrefix(string(c.Database), "postgres"), "database", "正式环境要用 PostgreSQL")
	add(production && !c.OfficialAccount.configured(), "official_account.app_id", "正式环境不能空")
	for name, a := range map[string]account{"official_account": c.OfficialAccount, "mini_program": c.MiniProgram} {
		if a.configured() {
			add(a.Secret == "", name+".secret", "不能空")
			add(a.Token == "", name+".token", "不能空")
			add(production && a.AESKey == "", name+".aes_key", "正式环境必须用安全模式，请填 43 位的 EncodingAESKey")
			add(a.AESKey != "" && len(a.AESKey) != 43, name+".aes_key", "应当是 43 位")
			add(a.PreviousAESKey != "" && len(a.PreviousAESKey) != 43, name+".previous_aes_key", "应当是 43 位")
		}
	}
	add(c.OfficialAccount.configured() && c.OfficialAccount.OriginalID == "", "official_account.original_id", "不能空，是 gh_ 开头的原始ID")
	slices.Sort(wrong)
	return wrong
}

func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

func web(s string) bool {
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

func (secret) String() string                { return redacted }
func (secret) GoString() string              { return redacted }
func (secret) MarshalText() ([]byte, error)  { return []byte(redacted), nil }
func (secret) Format(f fmt.State, verb rune) { fmt.Fprint(f, redacted) }
