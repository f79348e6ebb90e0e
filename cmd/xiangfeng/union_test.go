package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/bot/weixin/local"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

// binds connects the one who is not bound yet to her household, in the chat.
func (w world) binds(t testing.TB) {
	t.Helper()
	card, ending, _ := strings.Cut(strings.TrimPrefix(unbound.Note, "在册，微信还没绑定。发："), "，手机尾号")
	for _, words := range []string{card, ending, "确认"} {
		w.says(t, unbound.OpenID, words)
	}
}

// unites runs the jobs of this kind that wait, each once, and returns how they
// ended.
func (w world) unites(t testing.TB, dsn string) (ends []error) {
	t.Helper()
	db := conformance.Tables(t, dsn)
	defer func() { _ = db.Close() }()
	rows, err := db.Query("DELETE FROM river_job WHERE args ->> 'kind' = '" + login.UnionJob + "' RETURNING args ->> 'payload'")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var payloads []string
	for rows.Next() {
		var p string
		if err := rows.Scan(&p); err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, p)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, p := range payloads {
		ends = append(ends, w.handlers[login.UnionJob](t.Context(), []byte(p), 1))
	}
	return ends
}

// known is as whom the Mini Program greets somebody, "" for a stranger.
func (p *handset) known(t testing.TB) string {
	t.Helper()
	var me struct {
		Name       string
		Households []struct{ Head string }
	}
	p.call(t, http.MethodGet, "/me", nil, &me)
	if (me.Name == "") != (len(me.Households) == 0) {
		t.Fatalf("%+v", me)
	}
	return me.Name
}

// TestTheChatIsKnownToThePhone: who was bound in the chat opens the Mini Program
// and is known.
func TestTheChatIsKnownToThePhone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newPhones(t, dsn)
		w.binds(t)
		if ends := w.unites(t, dsn); len(ends) != 1 || ends[0] != nil {
			t.Fatal(ends)
		}
		if got := w.opens(t, unbound.OpenID).known(t); got != unbound.Name {
			t.Errorf("known as %q", got)
		}
		if got := w.opens(t, stranger.OpenID).known(t); got != "" {
			t.Errorf("a stranger is known as %q", got)
		}
	})
}

// TestTheOpenPhoneIsKnown: so is the phone on which the Mini Program was open
// before.
func TestTheOpenPhoneIsKnown(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		w := newPhones(t, dsn)
		early := w.opens(t, unbound.OpenID)
		if got := early.known(t); got != "" {
			t.Fatalf("known as %q before anything", got)
		}
		w.binds(t)
		if ends := w.unites(t, dsn); len(ends) != 1 || ends[0] != nil {
			t.Fatal(ends)
		}
		if got := early.known(t); got != unbound.Name {
			t.Errorf("known as %q", got)
		}
	})
}

// TestUnionsWait: what WeChat does not tell now is asked again, and what it never
// tells leaves her a stranger, quietly.
func TestUnionsWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		local.Fault
		again bool
		log   string // what is told of it, "" for nothing
	}{
		"away":             {local.Fault{Reset: true}, true, ""},
		"busy":             {local.Fault{ErrCode: -1}, true, ""},
		"not allowed":      {local.Fault{ErrCode: 48001}, false, "WeChat tells no unionids"},
		"does not follow":  {local.Fault{Status: http.StatusOK, Body: `{"subscribe":0,"openid":"o"}`}, false, ""},
		"unknown":          {local.Fault{ErrCode: 40003}, false, ""},
		"no open platform": {local.Fault{Status: http.StatusOK, Body: `{"subscribe":1,"openid":"o"}`}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := onSQLite(t)
			w := newPhones(t, dsn)
			w.binds(t)
			c.Path = "/cgi-bin/user/info"
			heal := w.Break(c.Fault)
			before := len(w.out.String())
			if ends := w.unites(t, dsn); len(ends) != 1 || (ends[0] != nil) != c.again {
				t.Errorf("%v", ends)
			}
			log := w.out.String()[before:]
			if (log != "") != (c.log != "") || !strings.Contains(log, c.log) || strings.Contains(log, unbound.OpenID) {
				t.Errorf("the log is %q", log)
			}
			if got := w.opens(t, unbound.OpenID).known(t); got != "" {
				t.Errorf("known as %q", got)
			}
			heal()
			w.uniteEarlier(t.Context())
			if ends := w.unites(t, dsn); len(ends) != 1 || ends[0] != nil {
				t.Fatal(ends)
			}
			if got := w.opens(t, unbound.OpenID).known(t); got != unbound.Name {
				t.Errorf("later known as %q", got)
			}
		})
	}
}

// TestWhoWasBoundEarlier: each start asks about those who were bound before
// anybody was asked, all of them, however many.
func TestWhoWasBoundEarlier(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, dsn string) {
		execute(t, dsn, "UPDATE person SET mini_openid = NULL")
		w := newPhones(t, dsn)
		w.uniteEarlier(t.Context())
		for {
			ends := w.unites(t, dsn)
			if len(ends) == 0 {
				break
			}
			if len(ends) != 1 || ends[0] != nil {
				t.Fatal(ends)
			}
		}
		for _, c := range []sample.Cast{diligent, elsewhere} {
			if got := w.opens(t, c.OpenID).known(t); got != c.Name {
				t.Errorf("%s is known as %q", c.Name, got)
			}
		}
	})
}
