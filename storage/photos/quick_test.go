package photos_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/xiangfeng/xiangfeng/storage/photos"
)

// whole is more pixels than any picture here has: it is decoded in its size.
const whole = 1 << 16

// sketch is a JPEG in one scan of baseline coding.
type sketch struct {
	w, h, across, down int // of brightness, for each pixel of colour
	restarts           int // units between two restart markers
	length             int // of every Huffman code, in bits
}

// file draws the sketch with numbers that chance gives.
func (s sketch) file(r *rand.Rand) []byte {
	frame := []byte{8, 0, 0, 0, 0, 3, 1, byte(s.across<<4 | s.down), 0, 2, 0x11, 1, 3, 0x11, 1}
	binary.BigEndian.PutUint16(frame[1:], uint16(s.h))
	binary.BigEndian.PutUint16(frame[3:], uint16(s.w))
	out := []byte{0xff, 0xd8}
	for table := range byte(2) {
		steps := []byte{table}
		for range 64 {
			steps = append(steps, byte(1+r.IntN(12)))
		}
		out = append(out, segment(0xdb, steps)...)
	}
	counts := make([]byte, 16)
	counts[s.length-1] = 200
	for _, table := range []byte{0, 1, 0x10, 0x11} {
		symbols := append([]byte{table}, counts...)
		for i := range 199 {
			symbols = append(symbols, byte(i))
		}
		symbols = append(symbols, 0xf0)
		out = append(out, segment(0xc4, symbols)...)
	}
	out = append(out, segment(0xc0, frame)...)
	if s.restarts > 0 {
		out = append(out, segment(0xdd, binary.BigEndian.AppendUint16(nil, uint16(s.restarts)))...)
	}
	out = append(out, segment(0xda, []byte{3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0})...)
	across, down := (s.w+8*s.across-1)/(8*s.across), (s.h+8*s.down-1)/(8*s.down)
	var b bitWriter
	for unit := range across * down {
		if s.restarts > 0 && unit > 0 && unit%s.restarts == 0 {
			out = append(append(out, b.take()...), 0xff, byte(0xd0+(unit/s.restarts-1)%8))
		}
		for range s.across*s.down + 2 {
			s.block(&b, r)
		}
	}
	return append(append(out, b.take()...), 0xff, 0xd9)
}

// block writes up to ten numbers, with a code for sixteen zeros at times.
func (s sketch) block(b *bitWriter, r *rand.Rand) {
	number := func(symbol, size int) {
		b.put(symbol, s.length)
		b.put(r.IntN(1<<size), size)
	}
	first := r.IntN(6)
	number(first, first)
	at := 1
	for range r.IntN(10) {
		if at+16+6 < 64 && r.IntN(8) == 0 {
			b.put(199, s.length)
			at += 16
		}
		run, size := r.IntN(6), 1+r.IntN(5)
		if at+run > 63 {
			break
		}
		number(run<<4|size, size)
		at += run + 1
	}
	if at < 64 {
		b.put(0, s.length)
	}
}

// bitWriter gathers bits, one a byte.
type bitWriter struct{ bits []byte }

func (b *bitWriter) put(v, n int) {
	for i := n - 1; i >= 0; i-- {
		b.bits = append(b.bits, byte(v>>i&1))
	}
}

// take gives the bits as they stand in a scan, and begins anew.
func (b *bitWriter) take() []byte {
	var out []byte
	for len(b.bits)%8 != 0 {
		b.bits = append(b.bits, 1)
	}
	for i := 0; i < len(b.bits); i += 8 {
		v := byte(0)
		for _, bit := range b.bits[i : i+8] {
			v = v<<1 | bit
		}
		if out = append(out, v); v == 0xff {
			out = append(out, 0)
		}
	}
	b.bits = nil
	return out
}

// apart is how much two pictures of one size differ, at most and on average.
func apart(t testing.TB, a, b *image.YCbCr) (most int, mean float64) {
	t.Helper()
	if a.Rect != b.Rect || a.SubsampleRatio != b.SubsampleRatio {
		t.Fatalf("%v %v, want %v %v", a.Rect, a.SubsampleRatio, b.Rect, b.SubsampleRatio)
	}
	all := 0
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			p, q := a.YCbCrAt(x, y), b.YCbCrAt(x, y)
			for _, d := range []int{int(p.Y) - int(q.Y), int(p.Cb) - int(q.Cb), int(p.Cr) - int(q.Cr)} {
				most, all = max(most, d, -d), all+max(d, -d)
			}
		}
	}
	return most, float64(all) / float64(3*a.Rect.Dx()*a.Rect.Dy())
}

func byLibrary(t testing.TB, file []byte) *image.YCbCr {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return m.(*image.YCbCr)
}

// What is decoded quickly is what the library decodes.
func TestQuickIsTheLibrarys(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	for _, size := range []struct{ w, h int }{{64, 48}, {1, 1}, {17, 33}, {40, 7}} {
		for _, colours := range []struct{ across, down int }{{1, 1}, {2, 1}, {1, 2}, {2, 2}} {
			for _, restarts := range []int{0, 1, 3} {
				for _, length := range []int{8, 10, 12, 16} {
					s := sketch{size.w, size.h, colours.across, colours.down, restarts, length}
					file := s.file(r)
					got, done := photos.Quick(file, whole)
					if !done {
						t.Errorf("%+v: was left to the library", s)
						continue
					}
					if most, _ := apart(t, got, byLibrary(t, file)); most > 2 {
						t.Errorf("%+v: differs by %d", s, most)
					}
				}
			}
		}
	}
}

// A picture that is decoded smaller is the mean of what it stands for.
func TestQuickIsSmaller(t *testing.T) {
	t.Parallel()
	const w, h = 256, 192
	slope := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			slope.SetRGBA(x, y, color.RGBA{byte(x), byte(y), byte(255 - x), 255})
		}
	}
	for name, m := range map[string]*image.RGBA{"a slope": slope, "a scene": scene(8, w, h)} {
		file := asJPEG(t, m, 95)
		full := byLibrary(t, file)
		for longest, edge := range map[int]int{256: 1, 129: 1, 128: 2, 65: 2, 64: 4, 33: 4, 32: 8, 1: 8} {
			got, done := photos.Quick(file, longest)
			if !done || got.Rect.Dx() != w/edge || got.Rect.Dy() != h/edge {
				t.Errorf("%s, %d: %v, want a side of %d", name, longest, got.Rect, w/edge)
				continue
			}
			if most, mean := apart(t, got, meanOf(full, edge)); mean > 2 || name == "a slope" && most > 4 {
				t.Errorf("%s, %d: differs by %d, on average by %.1f", name, longest, most, mean)
			}
		}
	}
}

// meanOf makes squares of a picture with a colour for four pixels into pixels.
func meanOf(m *image.YCbCr, edge int) *image.YCbCr {
	out := image.NewYCbCr(image.Rect(0, 0, m.Rect.Dx()/edge, m.Rect.Dy()/edge), m.SubsampleRatio)
	mean := func(to []byte, toStride int, from []byte, stride int) {
		for i := range to {
			sum, x, y := 0, i%toStride*edge, i/toStride*edge
			for dy := range edge {
				for dx := range edge {
					sum += int(from[(y+dy)*stride+x+dx])
				}
			}
			to[i] = byte(sum / edge / edge)
		}
	}
	mean(out.Y, out.YStride, m.Y, m.YStride)
	mean(out.Cb, out.CStride, m.Cb, m.CStride)
	mean(out.Cr, out.CStride, m.Cr, m.CStride)
	return out
}

// honest fails where something is decoded quickly that the library does not
// take, or takes for another picture.
func honest(t testing.TB, file []byte) (done bool) {
	t.Helper()
	got, done := photos.Quick(file, whole)
	_, _ = photos.Quick(file, 1)
	if !done {
		return false
	}
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Errorf("the library says %v ", err)
		return true
	}
	want, planes := m.(*image.YCbCr)
	if !planes {
		t.Fatalf("it is %T to the library", m)
	}
	if got.Rect != want.Rect || got.SubsampleRatio != want.SubsampleRatio {
		t.Fatalf("%v %v, want %v %v", got.Rect, got.SubsampleRatio, want.Rect, want.SubsampleRatio)
	}
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			p, q := got.YCbCrAt(x, y), want.YCbCrAt(x, y)
			if differ(p.Y, q.Y) || differ(p.Cb, q.Cb) || differ(p.Cr, q.Cr) {
				t.Fatalf("at %d, %d it is %v, want %v", x, y, p, q)
			}
		}
	}
	return true
}

// differ leaves out what lies beyond black or white, which may be too much for
// the library's numbers.
func differ(got, want uint8) bool {
	return got != 0 && got != 255 && (int(got) > int(want)+2 || int(want) > int(got)+2)
}

// What is cut off or damaged is left to the library, or decoded as it does.
func TestQuickLeavesWhatIsBroken(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	files := [][]byte{sketch{40, 40, 2, 2, 2, 8}.file(r), sketch{40, 24, 2, 1, 0, 12}.file(r), asJPEG(t, scene(9, 48, 32), 60)}
	taken := 0
	for n, file := range files {
		for at := range file {
			if honest(t, file[:at]) {
				t.Errorf("file %d, cut at %d of %d, was taken", n, at, len(file))
			}
		}
		for range 1000 {
			damaged := bytes.Clone(file)
			for range 1 + r.IntN(3) {
				damaged[r.IntN(len(damaged))] = byte(r.IntN(256))
			}
			if len(damaged) < 4096 && small(damaged) && honest(t, damaged) {
				taken++
			}
		}
	}
	if taken == 0 {
		t.Error("no damaged picture was decoded")
	}
	rgb := segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))
	for name, file := range map[string][]byte{
		"RGB": with(files[2], rgb), "RGB by its names": named(files[2], "RGB"), "other names": named(files[2], "\x01\x02\x02"),
		"progressive": sized(files[2], 0xc2, 48, 32), "grey": asJPEG(t, image.NewGray(image.Rect(0, 0, 9, 9)), 90), "a PNG": asPNG(t, scene(9, 9, 9)), "empty": nil,
	} {
		if _, done := photos.Quick(file, whole); done {
			t.Errorf("%s: was decoded", name)
		}
	}
}

// named gives the planes of a JPEG other names.
func named(file []byte, names string) []byte {
	out := bytes.Clone(file)
	frame, scan := bytes.Index(out, []byte{0xff, 0xc0, 0, 17})+10, bytes.Index(out, []byte{0xff, 0xda, 0, 12})+5
	for i := range names {
		out[frame+3*i], out[scan+2*i] = names[i], names[i]
	}
	return out
}

// What is kept is as bright as what was handed in, in every corner.
func TestKeptIsAsBright(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{1281, 961}, {1700, 1275}, {2700, 1900}, {5200, 1000}} {
		slope := image.NewRGBA(image.Rect(0, 0, size.w, size.h))
		for y := range size.h {
			for x := range size.w {
				slope.SetRGBA(x, y, color.RGBA{byte(x * 256 / size.w), byte(x * 256 / size.w), byte(y * 256 / size.h), 255})
			}
		}
		p := read(t, asJPEG(t, slope, 95))
		for _, file := range [][]byte{p.JPEG, p.Thumb} {
			m := decoded(t, file)
			w, h, all := m.Bounds().Dx(), m.Bounds().Dy(), 0.0
			for y := range h {
				for x := range w {
					r, g, b, _ := m.At(x, y).RGBA()
					wantX, wantY := (float64(x)+0.5)*256/float64(w), (float64(y)+0.5)*256/float64(h)
					off := float64(r>>8+g>>8+b>>8) - 2*wantX - wantY
					if all += off; math.Abs(off) > 30 {
						t.Fatalf("%v, %d×%d: at %d, %d it is %d, %d, %d", size, w, h, x, y, r>>8, g>>8, b>>8)
					}
				}
			}
			if mean := all / float64(w*h); math.Abs(mean+1.5) > 1 {
				t.Errorf("%v, %d×%d: %.2f too bright", size, w, h, mean)
			}
		}
	}
}

// small tells that a file does not say it is large, which takes long.
func small(file []byte) bool {
	c, err := jpeg.DecodeConfig(bytes.NewReader(file))
	return err == nil && c.Width*c.Height < 1<<16
}

func FuzzQuick(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 9))
	f.Add(sketch{40, 40, 2, 2, 2, 8}.file(r))
	f.Add(sketch{40, 24, 1, 2, 0, 12}.file(r))
	f.Add(asJPEG(f, scene(9, 48, 32), 60))
	f.Fuzz(func(t *testing.T, file []byte) {
		if small(file) {
			honest(t, file)
		}
	})
}
