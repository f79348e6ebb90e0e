package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/jobs"
)

var errAway = errors.New("away")

// desk is all that a Hear stands on. It notes what was said to whom.
type desk struct {
	away    int // so many fetches fail
	words   string
	hard    int         // so many answers fail
	becomes []jobs.Sent // of the messages, one after the other; then Taken
	marked  map[string]bool
	stuck   bool // no mark can be unset
	sent    []string
	ended   []jobs.Sent
	log     bytes.Buffer
}

func (d *desk) Fetch(_ context.Context, id string) ([]byte, string, error) {
	if d.away--; d.away >= 0 {
		return nil, "", errAway
	}
	return []byte("recording " + id), "audio/amr", nil
}

func (d *desk) Transcribe(_ context.Context, recording []byte, contentType string) (string, error) {
	if string(recording) != "recording m1" || contentType != "audio/amr" {
		return "", errors.New("not what was fetched")
	}
	return d.words, nil
}

func (d *desk) Respond(_ context.Context, r ask.Recording, words string) (string, error) {
	if d.hard--; d.hard >= 0 {
		return "", errAway
	}
	return r.From + " said " + words, nil
}

func (d *desk) Send(_ context.Context, openid, text string) jobs.Sent {
	d.sent = append(d.sent, openid+": "+text)
	if len(d.becomes) == 0 {
		return jobs.Taken
	}
	sent := d.becomes[0]
	d.becomes = d.becomes[1:]
	return sent
}

func (d *desk) Set(_ context.Context, key string) (bool, error) {
	first := !d.marked[key]
	d.marked[key] = true
	return first, nil
}

func (d *desk) Unset(_ context.Context, key string) error {
	if d.stuck {
		return errAway
	}
	delete(d.marked, key)
	return nil
}

// work runs the job until it does not ask for another try, and returns after
// which one that was.
func (d *desk) work(t *testing.T) int {
	t.Helper()
	if d.marked == nil {
		d.marked = map[string]bool{}
	}
	h := jobs.Hear{
		Library: d, Engine: d, Responder: d, Sender: d, Marks: d, Log: slog.New(slog.NewTextHandler(&d.log, nil)),
		Ended: func(s jobs.Sent) { d.ended = append(d.ended, s) },
	}
	payload, err := json.Marshal(ask.Recording{Message: "17", From: "o-wang", Media: "m1"})
	if err != nil {
		t.Fatal(err)
	}
	for attempt := 1; attempt <= 8; attempt++ {
		if h.Run(t.Context(), payload, attempt) == nil {
			return attempt
		}
	}
	return 0
}

func TestHear(t *testing.T) {
	t.Parallel()
	heard, unheard := "o-wang: o-wang said 查分", "o-wang: o-wang said "
	for name, o := range map[string]struct {
		desk  desk
		tries int
		sent  []string
		ended jobs.Sent
	}{
		"heard":                {desk{words: "查分"}, 1, []string{heard}, jobs.Taken},
		"nothing understood":   {desk{}, 1, []string{unheard}, jobs.Taken},
		"away for a while":     {desk{words: "查分", away: 3}, 4, []string{heard}, jobs.Taken},
		"away":                 {desk{words: "查分", away: 100}, 4, []string{unheard}, jobs.Taken},
		"no answer at first":   {desk{words: "查分", hard: 2}, 3, []string{heard}, jobs.Taken},
		"not reached at first": {desk{words: "查分", becomes: []jobs.Sent{jobs.NotYet, jobs.NotYet}}, 3, []string{heard, heard, heard}, jobs.Taken},
		"refused":              {desk{words: "查分", becomes: []jobs.Sent{jobs.Refused}}, 1, []string{heard}, jobs.Refused},
		"in doubt":             {desk{words: "查分", becomes: []jobs.Sent{jobs.InDoubt}}, 1, []string{heard}, jobs.InDoubt},
		"ended by a kill":      {desk{words: "查分", marked: map[string]bool{"17/answered": true}}, 1, nil, jobs.InDoubt},
		"mark stays":           {desk{words: "查分", becomes: []jobs.Sent{jobs.NotYet}, stuck: true}, 2, []string{heard}, jobs.InDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &o.desk
			if tries := d.work(t); tries != o.tries {
				t.Errorf("%d tries; want %d", tries, o.tries)
			}
			if diff := cmp.Diff(o.sent, d.sent); diff != "" {
				t.Errorf("-want +sent:\n%s", diff)
			}
			if !slices.Equal(d.ended, []jobs.Sent{o.ended}) {
				t.Errorf("ended %v; want %s", d.ended, o.ended)
			}
			if doubt := strings.Contains(d.log.String(), "not sent again"); doubt != (o.ended == jobs.InDoubt) {
				t.Errorf("the log is\n%s", &d.log)
			}
			if again := d.work(t); again == 0 || len(d.sent) != len(o.sent) {
				t.Errorf("run again, it sent %d messages more", len(d.sent)-len(o.sent))
			}
		})
	}
}

// TestHearIsStopped: what ends with the process is not told as if nobody could
// be understood.
func TestHearIsStopped(t *testing.T) {
	t.Parallel()
	d := &desk{away: 1, marked: map[string]bool{}}
	h := jobs.Hear{Library: d, Engine: d, Responder: d, Sender: d, Marks: d, Log: slog.New(slog.DiscardHandler)}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Run(ended, []byte(`{"Message":"17","Media":"m1"}`), 8); err == nil || len(d.sent) > 0 {
		t.Errorf("%v, sent %q; want another try", err, d.sent)
	}
	if err := h.Run(t.Context(), []byte(`"?`), 1); err == nil || len(d.sent) > 0 {
		t.Errorf("%v, sent %q; want what cannot be read refused", err, d.sent)
	}
}
