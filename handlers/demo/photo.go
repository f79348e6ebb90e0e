package demo

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/vector"
)

// A picture is as large as a phone's after it was compressed for sending.
const wide, high = 1280, 960

// quality is what a phone's camera writes.
const quality = 88

// scenes are what can be photographed, under the names of their addresses. No
// two numbers give the same picture.
var scenes = map[string]func(*canvas){"yard": yard, "heap": heap, "list": list}

// photo draws what stands before the camera: /demo/photo/yard.jpg?n=7.
func photo(w http.ResponseWriter, r *http.Request) {
	name, isJPEG := strings.CutSuffix(r.PathValue("picture"), ".jpg")
	picture, err := taken(name + "?n=" + r.URL.Query().Get("n"))
	if !isJPEG || err != nil {
		refuse(w, errNoPage)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(picture) // who asked may be gone
}

// shot reads a picture's name such as yard?n=7.
func shot(name string) (scene func(*canvas), n uint64, err error) {
	what, number, _ := strings.Cut(name, "?n=")
	scene, known := scenes[what]
	if n, err = strconv.ParseUint(number, 10, 32); !known || err != nil {
		return nil, 0, errInvalid
	}
	return scene, n, nil
}

// taken is the picture of a name, as a phone's camera writes it.
func taken(name string) ([]byte, error) {
	scene, n, err := shot(name)
	if err != nil {
		return nil, err
	}
	c := newCanvas(n)
	scene(c)
	var b bytes.Buffer
	err = jpeg.Encode(&b, c.picture, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// albums are what everybody sent into the chat, in its order: the chat itself
// remembers only that it was a picture.
type albums struct {
	mu   sync.Mutex
	sent map[string][]string
}

func (a *albums) add(openid, name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sent == nil {
		a.sent = map[string][]string{}
	}
	a.sent[openid] = append(a.sent[openid], name)
}

// drop forgets the newest.
func (a *albums) drop(openid string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.sent[openid]); n > 0 {
		a.sent[openid] = a.sent[openid][:n-1]
	}
}

// of returns the names, or nothing of what was sent before this page ran.
func (a *albums) of(openid string) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.sent[openid])
}

func (a *albums) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent = nil
}

// photograph sends the picture of a name into the chat.
func (h *handler) photograph(ctx context.Context, openid, name string) error {
	picture, err := taken(name)
	if err != nil {
		return err
	}
	h.albums.add(openid, name) // first: the line may be read before the account has answered
	if err := h.phones.Picture(ctx, openid, picture); err != nil {
		h.albums.drop(openid)
		return err
	}
	return nil
}

func pictured(name string) error {
	_, _, err := shot(name)
	return err
}

// canvas is a picture that is being drawn, with its own luck.
type canvas struct {
	picture *image.RGBA
	luck    *rand.Rand
}

func newCanvas(n uint64) *canvas {
	return &canvas{image.NewRGBA(image.Rect(0, 0, wide, high)), rand.New(rand.NewPCG(n, 0))}
}

// fill paints the polygon of points x1, y1, x2, y2 and so on.
func (c *canvas) fill(paint color.RGBA, points ...float64) {
	box := around(points).Intersect(c.picture.Bounds())
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(i int) (x, y float32) {
		return float32(points[i] - float64(box.Min.X)), float32(points[i+1] - float64(box.Min.Y))
	}
	r.MoveTo(at(0))
	for i := 2; i < len(points); i += 2 {
		r.LineTo(at(i))
	}
	r.ClosePath()
	r.Draw(c.picture, box, image.NewUniform(paint), image.Point{})
}

// around is the smallest rectangle of whole dots that holds the points.
func around(points []float64) image.Rectangle {
	var box image.Rectangle
	for i := 0; i < len(points); i += 2 {
		x, y := int(points[i]), int(points[i+1])
		box = box.Union(image.Rect(x-1, y-1, x+2, y+2))
	}
	return box
}

func (c *canvas) box(paint color.RGBA, x, y, w, h float64) {
	c.fill(paint, x, y, x+w, y, x+w, y+h, x, y+h)
}

// line draws a stroke as broad as width.
func (c *canvas) line(paint color.RGBA, width, x1, y1, x2, y2 float64) {
	c.fill(paint, x1, y1-width/2, x2, y2-width/2, x2, y2+width/2, x1, y1+width/2)
}

func (c *canvas) between(low, above float64) float64 { return low + c.luck.Float64()*(above-low) }

// grain is what a sensor adds: without it a picture would be too small a file.
func (c *canvas) grain() {
	for i := range c.picture.Pix {
		if i%4 < 3 {
			c.picture.Pix[i] = byte(min(max(int(c.picture.Pix[i])+c.luck.IntN(13)-6, 0), 255))
		}
	}
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{byte(hex >> 16), byte(hex >> 8), byte(hex), 255}
}

// farm is the house with its yard in front.
func (c *canvas) farm(ground uint32) {
	c.box(rgb(0xbcd8ea), 0, 0, wide, 520)
	ridge := c.between(150, 330)
	c.fill(rgb(0x7f9f86), 0, 470, c.between(150, 420), ridge, c.between(600, 800), 400, c.between(900, 1200), ridge+40, wide, 430, wide, 560, 0, 560)
	c.box(rgb(ground), 0, 520, wide, high-520)
	x := c.between(180, 420)
	c.box(rgb(0xf1ebdf), x, 320, 620, 260)
	c.fill(rgb(0x6d3f35), x-50, 330, x+70, 200, x+550, 200, x+670, 330)
	c.box(rgb(0x6b4a33), x+270, 400, 90, 180)
	for _, at := range []float64{60, 430} {
		c.box(rgb(0x35566b), x+at, 390, 130, 90)
		c.line(rgb(0xf1ebdf), 6, x+at, 435, x+at+130, 435)
	}
	draw.Draw(c.picture, image.Rect(int(x)+255, 380, int(x)+262, 570), image.NewUniform(rgb(0xb3261e)), image.Point{}, draw.Src)
	draw.Draw(c.picture, image.Rect(int(x)+368, 380, int(x)+375, 570), image.NewUniform(rgb(0xb3261e)), image.Point{}, draw.Src)
}

// yard is swept, its wood is stacked and its broom stands at the wall.
func yard(c *canvas) {
	c.farm(0xcfc9bd)
	for y := 600.0; y < high; y += 60 {
		c.line(rgb(0xbdb6a8), 3, 0, y, wide, y+c.between(-6, 6))
	}
	x := c.between(60, 180)
	for row := range 4 {
		for log := range 6 {
			c.box(rgb(0x9a6b43), x+float64(log)*34, 590-float64(row)*26, 30, 22)
		}
	}
	x = c.between(900, 1150)
	c.line(rgb(0xa9854f), 10, x, 470, x+14, 470)
	c.fill(rgb(0xa9854f), x, 380, x+9, 380, x+19, 600, x+10, 600)
	c.fill(rgb(0xc8a45c), x, 590, x+30, 590, x+52, 680, x-22, 680)
	c.grain()
}

// heap is the same yard with what was thrown into it.
func heap(c *canvas) {
	c.farm(0xa79d8a)
	x, y := c.between(350, 850), c.between(700, 760)
	c.fill(rgb(0x6c6353), x-300, y+150, x-120, y-60, x+60, y-130, x+210, y-30, x+320, y+150)
	for range 90 {
		at, down := x+c.between(-270, 270), y+c.between(-90, 150)
		paint := []uint32{0xd8d8d2, 0x3f6fa3, 0xb9483a, 0x4b7d4a, 0x2d2d2d, 0xd9b44a}[c.luck.IntN(6)]
		c.fill(rgb(paint), at, down, at+c.between(20, 70), down+c.between(-20, 20), at+c.between(10, 60), down+c.between(20, 60), at-c.between(0, 20), down+c.between(10, 30))
	}
	c.grain()
}

// list is a meeting's sign-in list on a table. Its names are scribbles.
func list(c *canvas) {
	c.box(rgb(0x8a6242), 0, 0, wide, high)
	for y := 40.0; y < high; y += c.between(60, 110) {
		c.line(rgb(0x7a5538), 4, 0, y, wide, y+c.between(-14, 14))
	}
	lean := c.between(-40, 40)
	c.fill(rgb(0xf7f5ef), 250+lean, 50, 1030+lean, 50, 1030-lean, 920, 250-lean, 920)
	c.box(rgb(0x2b2b2b), 500, 95, 280, 26)
	for row := range 13 {
		y := 170 + float64(row)*56
		c.line(rgb(0x8c8c8c), 3, 300, y, 980, y)
		if row < 12 {
			c.scribble(330, y+30, c.between(90, 150))
			c.scribble(560, y+30, c.between(120, 180))
			c.scribble(800, y+30, c.between(60, 130))
		}
	}
	for _, x := range []float64{300, 530, 770, 980} {
		c.box(rgb(0x8c8c8c), x, 170, 3, 672)
	}
	c.grain()
}

// scribble is somebody's hand.
func (c *canvas) scribble(x, y, length float64) {
	ink := rgb(0x1f2f6b)
	for end := x + length; x < end; x += 12 {
		c.line(ink, 4, x, y+c.between(-14, 14), x+c.between(10, 20), y+c.between(-14, 14))
	}
}
