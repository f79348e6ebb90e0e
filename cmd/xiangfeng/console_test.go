package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// TestCardsCommand writes a village's sheet, which others than its owner cannot
// read, and not over another.
func TestCardsCommand(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		c := testConfig(t, dsn)
		file := filepath.Join(t.TempDir(), "卡.html")
		if got := ended(t, program(t, c, "cards", "--out", file)); got.code != 1 || !strings.Contains(got.err, "清溪镇红旗村、清溪镇青山村") {
			t.Errorf("%+v", got)
		}
		for _, name := range []string{"红旗村", "清溪镇红旗村"} {
			got := ended(t, program(t, c, "cards", "--village", name, "--out", file))
			if got.code != 0 || !strings.HasPrefix(got.out, "67 户的卡已写到 "+file) || strings.Contains(got.out, "另有") {
				t.Fatalf("%+v", got)
			}
			if again := ended(t, program(t, c, "cards", "--village", name, "--out", file)); again.code != 1 || !strings.Contains(again.err, "已经有了") {
				t.Errorf("%+v", again)
			}
			text, err := os.ReadFile(file)
			if err != nil || strings.Count(string(text), "data:image/png") != 67 || strings.Contains(string(text), "<button") {
				t.Errorf("%d bytes, %v", len(text), err)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v; others may read the codes", info.Mode(), err)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		if got := ended(t, program(t, c, "cards", "--village", "没有村", "--out", file)); got.code != 1 || !strings.Contains(got.err, "没有叫“没有村”的村") {
			t.Errorf("%+v", got)
		}
		// Under another key no card of before can be printed.
		c.SecretKey += "x"
		if got := ended(t, program(t, c, "cards", "--village", "红旗村", "--out", file)); !strings.HasPrefix(got.out, "0 户的卡") || !strings.Contains(got.out, "另有 67 户") {
			t.Errorf("%+v", got)
		}
	})
}

// TestAdminLinkCommand: the link that the command prints opens the console once,
// and the page behind a card's code is there.
func TestAdminLinkCommand(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		c := testConfig(t, dsn)
		got := ended(t, program(t, c, "admin-link"))
		code := regexp.MustCompile(`/console/first/([\w-]{43})\n$`).FindStringSubmatch(got.out)
		if got.code != 0 || code == nil || !strings.Contains(got.out, "只能用一次") {
			t.Fatalf("%+v", got)
		}
		i := raise(t, c)
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser, stranger := &http.Client{Jar: jar}, &http.Client{}
		t.Cleanup(browser.CloseIdleConnections)
		opens := url.Values{"code": {code[1]}}
		if status, text := posted(t, browser, i.url+"/console/first", opens); status != http.StatusOK || !strings.Contains(text, "红旗村") || !strings.Contains(text, "青山村") {
			t.Errorf("%d %s", status, text)
		}
		if status, text := posted(t, stranger, i.url+"/console/first", opens); status != http.StatusNotFound || !strings.Contains(text, "admin-link") {
			t.Errorf("%d %s", status, text)
		}
		if card := get(t, i.url+"/h/ABCDEF"); card.status != http.StatusOK || !strings.Contains(card.body, script.PublicTitle) {
			t.Errorf("%+v", card)
		}
	})
}

// posted sends a form, follows and returns what is there.
func posted(t testing.TB, c *http.Client, url string, form url.Values) (int, string) {
	t.Helper()
	answer, err := c.PostForm(url, form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}
