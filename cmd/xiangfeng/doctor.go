package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage"
)

type doctorCmd struct {
	Config string `help:"配置文件。" default:"config.yaml" type:"path"`
}

// errIncomplete makes the exit code tell that something is missing.
var errIncomplete = errors.New("")

// Run prints what is missing for production, with a cure for each.
func (c doctorCmd) Run(ctx context.Context) error {
	cfg, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	checks := append(configured(cfg, c.Config), reached(ctx, cfg)...)
	fmt.Println(script.Diagnosis(checks))
	for _, check := range checks {
		if check.Cure != "" {
			return errIncomplete
		}
	}
	return nil
}

// configured looks at the configuration alone.
func configured(cfg config, path string) []script.Check {
	a := cfg.OfficialAccount
	return []script.Check{
		check(script.CheckEnvironment, cfg.Environment == "production", script.CureEnvironment),
		check(script.CheckFile, private(path), script.CureFile(path)),
		check(script.CheckPublicURL, strings.HasPrefix(cfg.PublicURL, "https://"), script.CurePublicURL),
		check(script.CheckClock, cfg.ClockFile == "", script.CureClock),
		check(script.CheckSecretKey, len(cfg.SecretKey) >= shortestKey, script.CureSecretKey),
		check(script.CheckOwner, cfg.DatabaseOwner != "" && cfg.DatabaseOwner != cfg.Database, script.CureOwner),
		check(script.CheckAccount, a.configured(), script.CureAccount),
		check(script.CheckSafeMode, a.AESKey != "", script.CureSafeMode),
		check(script.CheckMini, cfg.MiniProgram.configured(), script.CureMini),
		check(script.CheckPush, cfg.Push.reaching(), script.CurePush),
		check(script.CheckHolidays, calendar.Published(time.Now().Year()+1), script.CureHolidays(time.Now().Year()+1)),
	}
}

func check(name string, fine bool, cure string) script.Check {
	if fine {
		cure = ""
	}
	return script.Check{Name: name, Cure: cure}
}

// private tells whether only the owner can read a file.
func private(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o077 == 0
}

// reached looks at what the service depends on.
func reached(ctx context.Context, cfg config) []script.Check {
	checks := databaseChecks(ctx, cfg)
	checks = append(checks, redisCheck(ctx, cfg))
	if cfg.OfficialAccount.configured() {
		checks = append(checks, tokenCheck(ctx, cfg))
	}
	return checks
}

func databaseChecks(ctx context.Context, cfg config) []script.Check {
	if strings.HasPrefix(string(cfg.Database), "sqlite:") {
		return []script.Check{{Name: script.CheckDatabase, Cure: script.CureSQLite}}
	}
	store, err := storage.Open(ctx, string(cfg.Database))
	if err != nil {
		return []script.Check{{Name: script.CheckDatabase, Cure: script.CureNoDatabase}}
	}
	defer func() { _ = store.Close() }()
	pending, err := store.Pending(ctx)
	if err != nil || pending {
		return []script.Check{{Name: script.CheckDatabase}, {Name: script.CheckSchema, Cure: script.CureSchema}}
	}
	empty, err := store.Empty(ctx)
	return []script.Check{
		{Name: script.CheckDatabase},
		{Name: script.CheckSchema},
		check(script.CheckVillages, err == nil && !empty, script.CureVillages),
	}
}

func redisCheck(ctx context.Context, cfg config) script.Check {
	if cfg.Redis == "" {
		return script.Check{Name: script.CheckRedis, Cure: script.CureNoRedis}
	}
	r := storage.OpenRedis(cfg.Redis)
	defer func() { _ = r.Close() }()
	return check(script.CheckRedis, r.Ping(ctx) == nil, script.CureRedisAway)
}

func tokenCheck(ctx context.Context, cfg config) script.Check {
	tokens, err := newTokens(cfg)
	if err == nil {
		_, err = tokens.Token(ctx)
	}
	if err != nil {
		return script.Check{Name: script.CheckToken, Cure: script.CureToken(err.Error())}
	}
	return script.Check{Name: script.CheckToken}
}
