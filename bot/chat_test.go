package bot_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

var update = flag.Bool("update", false, "rewrite testdata/chat.json with what the bot answers now")

// scene is a conversation of one person: what they send and, row by row, what
// the bot answers.
type scene struct {
	Name  string `json:"name"`
	From  string `json:"from"`
	Turns []turn `json:"turns"`
}

type turn struct {
	Say string `json:"say,omitempty"`
	// From is the scene's person where nothing stands.
	From string `json:"from,omitempty"`
	// Kind is text where nothing stands.
	Kind bot.Kind `json:"kind,omitempty"`
	Menu string   `json:"menu,omitempty"`
	// Media is the picture that is sent.
	Media string `json:"media,omitempty"`
	// Warn has the team warn a household, and nobody say anything.
	Warn household.ID `json:"warn,omitempty"`
	// Again sends the message before once more, with its key, as WeChat does.
	Again  bool     `json:"again,omitempty"`
	After  string   `json:"after,omitempty"`
	Intent string   `json:"intent"`
	Reply  []string `json:"reply"`
	// Pushed is who was told what at once.
	Pushed []string `json:"pushed,omitempty"`
}

func scenes(t *testing.T, file string) []scene {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []scene
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// play answers the turns of a scene anew.
func play(t *testing.T, s scene) scene {
	t.Helper()
	c := newChat(t, newTown(), s.From)
	key := 0
	turns := slices.Clone(s.Turns)
	for i := range turns {
		if turns[i].After != "" {
			wait, err := time.ParseDuration(turns[i].After)
			if err != nil {
				t.Fatal(err)
			}
			c.town.clock = c.town.clock.Add(wait)
		}
		if !turns[i].Again {
			key++
		}
		u := bot.Update{Key: fmt.Sprint(key), From: s.From, Kind: turns[i].Kind, Words: turns[i].Say, EventKey: turns[i].Menu}
		if u.Kind == "" {
			u.Kind = bot.Text
		}
		intent, err := c.bot.IntentOf(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		reply := c.send(u)
		if u.Kind == bot.Unfollow {
			intent = ""
		}
		if !script.Fits(reply) || len(reply) > 2048 || (reply == "") != (u.Kind == bot.Unfollow) {
			t.Errorf("%s: %q is answered %q", s.Name, u.Words, reply)
		}
		turns[i].Intent, turns[i].Reply = intent, split(reply)
	}
	s.Turns = turns
	return s
}

func split(reply string) []string {
	rows := []string{}
	for row := range bytes.SplitSeq([]byte(reply), []byte("\n")) {
		rows = append(rows, string(row))
	}
	return rows
}

// TestChat plays every scene of the truth file. With -update it writes what
// the bot answers now, to be read as a diff.
func TestChat(t *testing.T) {
	t.Parallel()
	want := scenes(t, "testdata/chat.json")
	got := make([]scene, len(want))
	for i, s := range want {
		got[i] = play(t, s)
		if diff := cmp.Diff(s, got[i]); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", s.Name, diff)
		}
	}
	if *update {
		rewrite(t, "testdata/chat.json", got)
	}
}

func rewrite(t *testing.T, file string, got []scene) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEveryIntentHasAScene keeps the truth file whole.
func TestEveryIntentHasAScene(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range slices.Concat(scenes(t, "testdata/chat.json"), scenes(t, "testdata/enrol.json")) {
		for _, turn := range s.Turns {
			seen[turn.Intent] = true
		}
	}
	for _, name := range bot.Intents() {
		if !seen[name] {
			t.Errorf("no scene for %s", name)
		}
	}
}
