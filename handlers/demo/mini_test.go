package demo_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/handlers/demo"
)

func TestMiniProgramOpensOnAPhone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	got := s.ask(t, "POST", "login", `{"openid":"o-member"}`)
	if got.status != http.StatusOK || got.body != `{"code":"code-of-o-member"}`+"\n" {
		t.Fatalf("got %d %s", got.status, got.body)
	}
}

func TestCardIsRevoked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	if got := s.ask(t, "POST", "revoke", `{"card":"XF-AAAAAAAA"}`); got.status != http.StatusNoContent {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	if did := strings.Join(s.minis.did, "; "); did != "revoke XF-AAAAAAAA" {
		t.Errorf("did %s", did)
	}
}

func TestCardsOnTheDoors(t *testing.T) {
	t.Parallel()
	var told struct{ Cards []demo.Card }
	got := newStage(t).ask(t, "GET", "cards", "")
	if err := json.Unmarshal([]byte(got.body), &told); err != nil || len(told.Cards) != 2 || told.Cards[0] != cards[0] || told.Cards[1] != cards[1] {
		t.Errorf("got %s", got.body)
	}
}

// TestCardIsDrawn: what one card's code says is not what another's does, and
// each has the dots of a code of its own around a white margin.
func TestCardIsDrawn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	draw := func(number string) image.Image {
		picture, err := png.Decode(strings.NewReader(s.ask(t, "GET", "card/"+number+".png", "").body))
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	one, other := draw("XF-AAAAAAAA"), draw("XF-BBBBBBBB")
	if one.Bounds().Dx() < 120 || one.Bounds() != other.Bounds() {
		t.Fatalf("%v and %v", one.Bounds(), other.Bounds())
	}
	apart := 0
	for y := range one.Bounds().Dy() {
		for x := range one.Bounds().Dx() {
			if one.At(x, y) != other.At(x, y) {
				apart++
			}
		}
	}
	if apart == 0 {
		t.Error("both say the same")
	}
}

func TestScreenOfTheLaptop(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, code := range []string{"", "http://127.0.0.1/console/door/CODE"} {
		s.minis.screen = code
		if got := s.ask(t, "GET", "screen", ""); got.body != `{"code":"`+code+`"}`+"\n" {
			t.Errorf("got %d %s", got.status, got.body)
		}
	}
}

func TestPhotosAreNeverTheSame(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	drawn := map[string]string{}
	for _, path := range []string{"yard.jpg?n=1", "yard.jpg?n=2", "heap.jpg?n=1", "heap.jpg?n=4294967295", "list.jpg?n=0", "list.jpg?n=9"} {
		body := s.ask(t, "GET", "photo/"+path, "").body
		size, err := jpeg.DecodeConfig(bytes.NewBufferString(body))
		if err != nil || size.Width != 1280 || size.Height != 960 {
			t.Fatalf("%s is %+v, %v", path, size, err)
		}
		if same, known := drawn[body]; known {
			t.Errorf("%s is %s", path, same)
		}
		drawn[body] = path
		if again := s.ask(t, "GET", "photo/"+path, "").body; again != body {
			t.Errorf("%s changes", path)
		}
	}
}
