package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// missing are the names of the checks that have a cure.
func missing(checks []script.Check) []string {
	var out []string
	for _, c := range checks {
		if c.Cure != "" {
			out = append(out, c.Name)
		}
	}
	return out
}

func TestDoctorFindsEverythingMissingInTheExample(t *testing.T) {
	t.Parallel()
	cfg := defaults()
	got := missing(append(configured(cfg, "../../config.example.yaml"), reached(t.Context(), cfg)...))
	for _, want := range []string{
		script.CheckEnvironment, script.CheckFile, script.CheckPublicURL, script.CheckSecretKey, script.CheckOwner, script.CheckAccount,
		script.CheckSafeMode, script.CheckMini, script.CheckDatabase, script.CheckRedis,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not missed; got %v", want, got)
		}
	}
	if slices.Contains(got, script.CheckClock) {
		t.Error("an empty clock_file is missed")
	}
}

func TestDoctorIsContentWithACompleteInstallation(t *testing.T) {
	t.Parallel()
	account := local.Config{
		AppID: "wx1234567890abcdef", OriginalID: "gh_0123456789ab", Secret: strings.Repeat("5", 32),
		Token: "doctor", EncodingAESKey: strings.Repeat("k", 42) + "A", CallbackURL: "http://127.0.0.1:1/wechat/callback",
	}
	platform, err := local.New(account)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(platform.Close)
	srv := httptest.NewServer(platform)
	t.Cleanup(srv.Close)
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := defaults()
	cfg.Environment, cfg.PublicURL, cfg.Database, cfg.DatabaseOwner = "production", "https://jifen.example", secret(conformance.Postgres(t)), "postgres://owner@127.0.0.1/x"
	cfg.SecretKey = secret(strings.Repeat("k", shortestKey))
	cfg.Redis, cfg.Wechat.APIBaseURL = conformance.Redis(t), srv.URL
	cfg.OfficialAccount.AppID, cfg.OfficialAccount.Secret = account.AppID, secret(account.Secret)
	cfg.OfficialAccount.AESKey, cfg.MiniProgram.AppID = secret(account.EncodingAESKey), "wxfedcba0987654321"
	cfg.Push.Usual = "template " + templateNamed("work") + " thing1=kind thing2=place thing3=note\nservice"

	got := missing(append(configured(cfg, path), reached(t.Context(), cfg)...))
	// Nobody has imported a village, and next year's holidays may not be known yet.
	if i := slices.Index(got, script.CheckHolidays); i >= 0 {
		got = slices.Delete(got, i, i+1)
	}
	if !slices.Equal(got, []string{script.CheckVillages}) {
		t.Errorf("missing %v; want the villages alone", got)
	}
	platform.Break(local.Fault{Path: "/cgi-bin/stable_token", Status: http.StatusBadGateway})
	if got := missing(reached(t.Context(), cfg)); !slices.Contains(got, script.CheckToken) {
		t.Errorf("a platform that gives no token is not missed: %v", got)
	}
}

func TestDiagnosisEndsWithWhatToDo(t *testing.T) {
	t.Parallel()
	all := script.Diagnosis([]script.Check{{Name: "时钟"}})
	some := script.Diagnosis([]script.Check{{Name: "时钟"}, {Name: "数据库", Cure: script.CureNoDatabase}})
	if !strings.HasSuffix(all, "可以正式运行。") || !strings.Contains(some, "✗ 数据库：连不上") || !strings.Contains(some, "还差 1 样") {
		t.Errorf("%q\n%q", all, some)
	}
}
