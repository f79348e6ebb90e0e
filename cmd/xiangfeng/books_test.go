package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// program is the program, to be run in a process of its own with a
// configuration that is all in the environment.
func program(t testing.TB, c config, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{programEnv + "=1", "HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH")}
	for name, field := range c.keys() {
		cmd.Env = append(cmd.Env, name+"="+field.String())
	}
	if len(args) > 0 && args[0] != "demo" && args[0] != "version" {
		cmd.Args = append(cmd.Args, "--config", written(t, "", 0o600))
	}
	return cmd
}

// outcome is how a program ended.
type ending struct {
	out, err string
	code     int
}

func ended(t testing.TB, cmd *exec.Cmd) ending {
	t.Helper()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ending{out.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// TestFromNothingToAnAnswer: migrate, seed, verify and serve, as a newcomer
// does it, until somebody of the people file gets an answer.
func TestFromNothingToAnAnswer(t *testing.T) {
	t.Parallel()
	for name, fresh := range map[string]func(testing.TB) string{"sqlite": conformance.SQLite, "postgres": conformance.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := testConfig(t, fresh(t))
			file := filepath.Join(t.TempDir(), "people.jsonl")
			for _, step := range []struct {
				args []string
				want ending
			}{
				{[]string{"migrate"}, ending{out: "数据库已是最新，不用升级。\n"}},
				{[]string{"verify"}, ending{out: "核对通过：0个村，"}},
				{[]string{"seed", "--villages", "2", "--households", "30", "--events-per-household", "8", "--people", file}, ending{out: "已装入 2 个村、60 户、"}},
				{[]string{"seed"}, ending{err: "数据库里已经有村，虚构数据只能装进空库。\n", code: 1}},
				{[]string{"verify"}, ending{out: "核对通过：2个村，60个账户，"}},
			} {
				got := ended(t, program(t, c, step.args...))
				if got.code != step.want.code || !strings.HasPrefix(got.out, step.want.out) || !strings.HasPrefix(got.err, step.want.err) {
					t.Fatalf("%s: %+v", step.args, got)
				}
			}
			people := readPeopleFile(t, file)
			checkPeople(t, people)
			i := raise(t, c)
			w := world{i, phonesFor(t, i)}
			for _, p := range people[:10] {
				w.follow(t, p.OpenID)
				if got := w.asks(t, p.OpenID, "积分"); !strings.Contains(got, "今年积分") || p.Household != "" && strings.Contains(got, "（"+"HQ") && !strings.Contains(got, p.Household) {
					t.Errorf("%+v reads %s", p, got)
				}
			}
		})
	}
}

func readPeopleFile(t testing.TB, path string) []boundPerson {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the people file: %v", info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var people []boundPerson
	for line := range bytes.Lines(text) {
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		var p boundPerson
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		people = append(people, p)
	}
	return people
}

// checkPeople: everybody has all that a test from outside needs, and all
// roles that there are in a village are there.
func checkPeople(t testing.TB, people []boundPerson) {
	t.Helper()
	openids, cards, roles := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, p := range people {
		if len(p.OpenID) != 28 || openids[p.OpenID] || p.Roles == nil || p.Village == "" && p.Household != "" {
			t.Errorf("%+v", p)
		}
		openids[p.OpenID] = true
		if p.Household != "" && (!strings.HasPrefix(p.Card, "XF-") || len(p.Card) != 11) {
			t.Errorf("no card: %+v", p)
		}
		if other, taken := cards[p.Card]; taken && p.Card != "" && other != p.Village+p.Household {
			t.Errorf("two households with the card %s", p.Card)
		}
		cards[p.Card] = p.Village + p.Household
		for _, r := range p.Roles {
			roles[r] = true
		}
	}
	for _, want := range []household.Role{household.Leader} {
		if !roles[string(want)] {
			t.Errorf("nobody is %s", want)
		}
	}
	if len(people) < 20 {
		t.Errorf("%d people", len(people))
	}
}

// TestSeedSaysWhatItCannotDo before it touches anything.
func TestSeedSaysWhatItCannotDo(t *testing.T) {
	t.Parallel()
	c := testConfig(t, conformance.SQLite(t))
	for _, args := range [][]string{
		{"--villages", "0"},
		{"--villages", "-1"},
		{"--households", "0"},
		{"--events-per-household", "-1"},
		{"--year", "1900"},
		{"--year", "3000"},
		{"--people", "/nonexistent/people.jsonl"},
		{"--villages", "x"},
	} {
		if got := ended(t, program(t, c, append([]string{"seed"}, args...)...)); got.code == 0 || got.err == "" || strings.Contains(got.err, "panic") {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if got := ended(t, program(t, c, "verify")); !strings.HasPrefix(got.out, "核对通过：0个村，") {
		t.Errorf("%+v", got)
	}
}

// TestVerifyFindsOneChangedRow in the database's file, names the village and
// the line, and ends with an error.
func TestVerifyFindsOneChangedRow(t *testing.T) {
	t.Parallel()
	v, home, _ := homeOf(t, disputed.OpenID)
	for what, statement := range map[string]string{
		"points": "UPDATE ledger_entry SET tenths = tenths + 10 WHERE village_id = ? AND line_no = 12 AND account_id = (SELECT id FROM account WHERE household_id = ?)",
		"date":   "UPDATE ledger_entry SET occurred_on = '2026-05-13' WHERE village_id = ? AND line_no = 12 AND account_id = (SELECT id FROM account WHERE household_id = ?)",
		"gone":   "DELETE FROM ledger_entry WHERE village_id = ? AND line_no = 12 AND account_id = (SELECT id FROM account WHERE household_id = ?)",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dsn := onSQLite(t)
			c := testConfig(t, dsn)
			if got := ended(t, program(t, c, "verify")); got.code != 0 || !strings.HasPrefix(got.out, "核对通过：3个村，201个账户") {
				t.Fatalf("%+v", got)
			}
			for _, trigger := range []string{"ledger_entry_no_update", "ledger_entry_no_delete"} {
				execute(t, dsn, "DROP TRIGGER "+trigger)
			}
			execute(t, dsn, statement, v.Village.ID, home.ID)
			got := ended(t, program(t, c, "verify"))
			if got.code != 1 || got.out != "" || !strings.HasPrefix(got.err, "核对不通过：红旗村") || !strings.Contains(got.err, "笔") {
				t.Errorf("%+v", got)
			}
			if what != "gone" && !strings.Contains(got.err, home.Number+"户 2026年 第12条") {
				t.Errorf("the line is not named: %s", got.err)
			}
		})
	}
}

// TestVerifyOfNothing: a file that is not there is an error, not a new
// database in which everything would be right.
func TestVerifyOfNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "none.db")
	got := ended(t, program(t, testConfig(t, "sqlite:"+path), "verify"))
	if _, err := os.Stat(path); got.code != 1 || !strings.Contains(got.err, "连不上数据库") || err == nil {
		t.Errorf("%+v", got)
	}
}

// TestServeAsAProcess: it answers, and SIGTERM ends it with 0.
func TestServeAsAProcess(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		c := testConfig(t, onSQLite(t))
		c.Listen, c.MetricsListen = freeAddr(t), freeAddr(t)
		cmd, out := program(t, c, "serve"), &buffer{}
		cmd.Stderr = out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		until(t, func() bool {
			res, err := client.Get("http://" + c.Listen + "/readyz")
			if err == nil {
				res.Body.Close()
			}
			return err == nil && res.StatusCode == http.StatusOK
		})
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", signal, err)
		}
		if !strings.Contains(out.String(), "服务已启动：http://"+c.Listen) {
			t.Error(out.String())
		}
	}
}

// TestStartsThatCannotBe say why in Chinese and end with an error.
func TestStartsThatCannotBe(t *testing.T) {
	t.Parallel()
	old := testConfig(t, onSQLite(t))
	away := testConfig(t, "postgres://app@"+freeAddr(t)+"/x?sslmode=disable")
	broken := testConfig(t, "sqlite:"+written(t, strings.Repeat("no database ", 100), 0o600))
	production := testConfig(t, onSQLite(t))
	production.Environment = "production"
	keys := old
	keys.OfficialAccount.AESKey = secret(strings.Repeat("!", 43))
	for _, tt := range []struct {
		c    config
		args []string
		code int
		want string
	}{
		{away, []string{"serve"}, 1, "连不上数据库"},
		{away, []string{"migrate"}, 1, "连不上数据库"},
		{away, []string{"verify"}, 1, "连不上数据库"},
		{broken, []string{"serve"}, 1, "数据库"},
		{production, []string{"serve"}, 1, "正式环境"},
		{keys, []string{"serve"}, 1, "aes_key"},
		{old, []string{"server"}, 2, "命令写得不对"},
		{old, nil, 2, "命令写得不对"},
	} {
		got := ended(t, program(t, tt.c, tt.args...))
		if got.code != tt.code || !strings.Contains(got.err, tt.want) || strings.Contains(got.err, "goroutine") {
			t.Errorf("%s: %+v", tt.args, got)
		}
	}
	if got := ended(t, program(t, old, "version")); got.code != 0 || !strings.HasPrefix(got.out, "xiangfeng ") {
		t.Errorf("%+v", got)
	}
}

// TestOldTablesAreNotServed: on a server the tables are brought up to date by
// migrate alone, as their owner, and the service's own login cannot change
// what is written.
func TestOldTablesAreNotServed(t *testing.T) {
	t.Parallel()
	dsn := conformance.Postgres(t)
	login := fmt.Sprintf("service_%d", os.Getpid())
	for _, statement := range []string{"DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC", "CREATE ROLE " + login + " LOGIN"} {
		execute(t, dsn, statement)
	}
	t.Cleanup(func() { execute(t, dsn, "DROP OWNED BY "+login); execute(t, dsn, "DROP ROLE "+login) })
	c := testConfig(t, strings.Replace(dsn, "//app@", "//"+login+"@", 1))
	c.DatabaseOwner = secret(dsn)
	if got := ended(t, program(t, c, "serve")); got.code != 1 || !strings.Contains(got.err, "xiangfeng migrate") {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"数据库已升级：", "数据库已是最新"} {
		if got := ended(t, program(t, c, "migrate")); got.code != 0 || !strings.HasPrefix(got.out, want) {
			t.Fatalf("%+v", got)
		}
	}
	if got := ended(t, program(t, c, "seed", "--households", "24")); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	for _, statement := range []string{"UPDATE ledger_entry SET tenths = 1", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry", "DROP TABLE ledger_entry", "ALTER TABLE ledger_entry DISABLE TRIGGER ALL"} {
		if _, err := conformance.Tables(t, string(c.Database)).Exec(statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	i := raise(t, c)
	w := world{i, phonesFor(t, i)}
	if page, next := w.says(t, diligent.OpenID, "明细"), w.says(t, diligent.OpenID, "更多"); len(numbers(page)) == 0 || len(numbers(next)) == 0 {
		t.Error(page, next)
	}
}
