package console

import (
	"context"
	_ "embed"
	"encoding/base64"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/skip2/go-qrcode"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

// perPage is how many cards an A4 page holds: two columns of four.
const perPage = 8

// Sheet is the cards of a village, to be printed and cut.
type Sheet struct {
	Village string
	Cards   []Card
}

// Card is a household's card as it is printed.
type Card struct {
	Home   string // the household's number
	Head   string // as the village's board writes names
	Number string
	State  household.CardState
	Code   string // the picture of its code, a data URL; "" where it cannot be printed
	Done   string // what has just been done to it
}

// Press prints cards.
type Press struct {
	URL string // where the product is reached; codes begin with it
	Key []byte // what the cards' tokens are made with
}

// Sheet draws the cards of the households.
func (p Press) Sheet(v script.CardVillage, homes []script.CardHome) (Sheet, error) {
	s := Sheet{Village: v.Township + v.Village.Name, Cards: make([]Card, len(homes))}
	for i, h := range homes {
		s.Cards[i] = Card{
			Home: h.Home.Number, Head: household.Shown(h.Home.Head, v.Village.Settings.Board), Number: h.Card.Number, State: h.Card.State,
		}
		token, ok := h.Card.Token(p.Key)
		if !ok || h.Card.State != household.CardActive {
			continue
		}
		var err error
		if s.Cards[i].Code, err = picture(p.URL + "/h/" + token); err != nil {
			return Sheet{}, err
		}
	}
	return s, nil
}

// Printed is how many cards the sheet holds that can be used.
func (s Sheet) Printed() (n int) {
	for _, c := range s.Cards {
		if c.Code != "" {
			n++
		}
	}
	return n
}

func (s Sheet) pages() [][]Card { return slices.Collect(slices.Chunk(s.Cards, perPage)) }

// dots is how many dots of the picture a module of the code has. The browser
// draws it larger without smoothing.
const dots = 4

// picture draws a code that is still read when a seventh of it is damaged.
func picture(text string) (string, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return "", err
	}
	png, err := code.PNG(-dots)
	if err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), nil
}

//go:embed static/sheet.css
var sheetCSS string

// WriteSheet writes the sheet as a page that needs nothing else.
func WriteSheet(w io.Writer, s Sheet) error {
	return standalone(s, sheetCSS).Render(context.Background(), w)
}

// styled is a style element with our own CSS.
func styled(css string) templ.Component {
	return templ.Raw("<style>\n" + strings.ReplaceAll(css, "</", "<\\/") + "</style>")
}
