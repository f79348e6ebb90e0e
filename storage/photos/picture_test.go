package photos_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rwcarlsen/goexif/exif"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/storage/photos"
)

func read(tb testing.TB, file []byte) photos.Picture {
	tb.Helper()
	p, err := photos.Read(context.Background(), bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func refused(tb testing.TB, name string, file []byte, want fault.Code) {
	tb.Helper()
	if _, err := photos.Read(context.Background(), bytes.NewReader(file)); fault.CodeOf(err) != want {
		tb.Errorf("%s: %v, want %s", name, err, want)
	}
}

func decoded(t *testing.T, file []byte) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAPictureIsMadeSmall(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ w, h, wantW, wantH, thumbW, thumbH int }{
		{1600, 1200, 1280, 960, 320, 240},
		{1200, 1600, 960, 1280, 240, 320},
		{640, 480, 640, 480, 320, 240},
		{100, 50, 100, 50, 100, 50},
		{3000, 2, 1280, 1, 320, 1},
	} {
		source := image.NewGray(image.Rect(0, 0, test.w, test.h))
		for name, file := range map[string][]byte{"jpeg": asJPEG(t, source, 90), "png": asPNG(t, source)} {
			p := read(t, file)
			full, thumb := decoded(t, p.JPEG).Bounds(), decoded(t, p.Thumb).Bounds()
			if full.Dx() != test.wantW || full.Dy() != test.wantH || p.Width != test.wantW || p.Height != test.wantH {
				t.Errorf("%s %d×%d became %v, said %d×%d", name, test.w, test.h, full, p.Width, p.Height)
			}
			if thumb.Dx() != test.thumbW || thumb.Dy() != test.thumbH {
				t.Errorf("%s %d×%d has the thumb %v", name, test.w, test.h, thumb)
			}
			sum := sha256.Sum256(p.JPEG)
			if p.Hash != hex.EncodeToString(sum[:]) || p.Original != sha256.Sum256(file) {
				t.Errorf("%s: wrong hashes", name)
			}
		}
	}
}

// A stream and a file give the same picture.
func TestAStreamIsAFile(t *testing.T) {
	t.Parallel()
	file := asJPEG(t, scene(1, 200, 100), 90)
	got, err := photos.Read(context.Background(), io.MultiReader(bytes.NewReader(file)))
	if err != nil || got.Hash != read(t, file).Hash {
		t.Errorf("%v", err)
	}
	for _, n := range []int{64<<10 - 1, 64 << 10, 64<<10 + 1, 3 * 64 << 10} {
		padded := append(bytes.Clone(file), make([]byte, n-len(file))...)
		got, err := photos.Read(context.Background(), io.MultiReader(bytes.NewReader(padded)))
		if err != nil || got.Original != sha256.Sum256(padded) || got.Hash != read(t, padded).Hash {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := photos.Read(context.Background(), io.MultiReader(bytes.NewReader(file), iotest.ErrReader(io.ErrUnexpectedEOF))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
	big := append(file, make([]byte, photos.MaxBytes)...)
	refused(t, "a file", big, photo.TooBig)
	if _, err := photos.Read(context.Background(), io.MultiReader(bytes.NewReader(big))); fault.CodeOf(err) != photo.TooBig {
		t.Errorf("a stream: %v", err)
	}
}

func TestTransparentIsWhite(t *testing.T) {
	t.Parallel()
	got := decoded(t, read(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 40, 40)))).JPEG)
	if r, g, b, _ := got.At(20, 20).RGBA(); r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Errorf("%v, want white", got.At(20, 20))
	}
}

// sides says where the first row and the first column of the stored picture
// belong, for the eight orientations in the standard's own words.
var sides = []struct{ row, column string }{
	1: {"top", "left"}, 2: {"top", "right"}, 3: {"bottom", "right"}, 4: {"bottom", "left"},
	5: {"left", "top"}, 6: {"right", "top"}, 7: {"right", "bottom"}, 8: {"left", "bottom"},
}

// stored turns a picture as a camera in that orientation stores it.
func stored(m *image.RGBA, orientation int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	s := sides[orientation]
	rows, columns := h, w
	if orientation >= 5 {
		rows, columns = w, h
	}
	out := image.NewRGBA(image.Rect(0, 0, columns, rows))
	for row := range rows {
		for column := range columns {
			at := map[string]int{"top": 0, "left": 0}
			for side, n := range map[string]int{s.row: row, s.column: column} {
				switch side {
				case "top":
					at["y"] = n
				case "bottom":
					at["y"] = h - 1 - n
				case "left":
					at["x"] = n
				case "right":
					at["x"] = w - 1 - n
				}
			}
			out.SetRGBA(column, row, m.RGBAAt(at["x"], at["y"]))
		}
	}
	return out
}

func TestEveryOrientationIsTurnedUpright(t *testing.T) {
	t.Parallel()
	corners := []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}}
	m := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			m.SetRGBA(x, y, corners[y/16*2+x/32])
		}
	}
	for orientation := 1; orientation <= 8; orientation++ {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			file := with(asJPEG(t, stored(m, orientation), 95), camera(order, uint16(orientation)))
			p := read(t, file)
			if !p.TakenAt.Equal(calendar.On(2026, time.November, 20).Start().Add(8*time.Hour + 30*time.Minute)) {
				t.Errorf("%d, %v: taken at %v", orientation, order, p.TakenAt)
			}
			got := decoded(t, p.JPEG)
			if got.Bounds().Dx() != 64 || got.Bounds().Dy() != 32 {
				t.Errorf("%d, %v: %v", orientation, order, got.Bounds())
				continue
			}
			for i, want := range corners {
				at := got.At(i%2*32+16, i/2*16+8)
				r, g, b, _ := at.RGBA()
				if far(r, want.R) || far(g, want.G) || far(b, want.B) {
					t.Errorf("%d, %v: corner %d is %v, want %v", orientation, order, i, at, want)
				}
			}
		}
	}
}

func far(a uint32, b uint8) bool { return a>>8 > uint32(b)+40 || a>>8+40 < uint32(b) }

// What a picture keeps is pixels: every segment of it is one that a decoder needs.
func TestNoMetadataIsKept(t *testing.T) {
	t.Parallel()
	const canary = "canary"
	plain := scene(2, 300, 200)
	comment := segment(0xfe, []byte("<script>canary</script>"))
	xmp := segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00canary"))
	words := chunk("tEXt", []byte("Comment\x00<script>canary</script>"))
	files := map[string][]byte{
		"camera":          with(asJPEG(t, plain, 90), camera(binary.BigEndian, 6), xmp, comment),
		"behind":          append(asJPEG(t, plain, 90), "PK\x03\x04<?php canary ?><script>canary</script>"...),
		"png":             withChunk(asPNG(t, plain), words),
		"png, behind it":  append(asPNG(t, plain), "<html>canary"...),
		"comment in html": with(asJPEG(t, plain, 90), segment(0xfe, []byte("<html><body onload=canary()>"))),
	}
	for name, file := range files {
		p := read(t, file)
		for _, out := range [][]byte{p.JPEG, p.Thumb} {
			if bytes.Contains(out, []byte(canary)) || bytes.Contains(out, []byte("<script")) {
				t.Errorf("%s: something of the file is left", name)
			}
			if found := markers(t, out); strings.Trim(found, "dshS") != "" {
				t.Errorf("%s: segments %q", name, found)
			}
			if _, err := exif.Decode(bytes.NewReader(out)); err == nil {
				t.Errorf("%s: there is EXIF", name)
			}
		}
	}
	if _, err := exif.Decode(bytes.NewReader(files["camera"])); err != nil {
		t.Errorf("the camera's own file: %v", err)
	}
}

// withChunk puts a chunk behind a PNG's header.
func withChunk(file, c []byte) []byte {
	out := append(bytes.Clone(file[:33]), c...)
	return append(out, file[33:]...)
}

// markers names the segments up to the pixels, and sees that nothing stands
// behind them: d tables of quantisation, s the frame, h Huffman's, S the scan.
func markers(t *testing.T, file []byte) string {
	t.Helper()
	names := map[byte]string{0xdb: "d", 0xc0: "s", 0xc4: "h", 0xda: "S"}
	if !bytes.HasSuffix(file, []byte{0xff, 0xd9}) || bytes.Count(file, []byte{0xff, 0xd9}) != 1 {
		t.Error("something stands behind the picture")
	}
	found := ""
	for at := 2; at+4 <= len(file); {
		name, known := names[file[at+1]]
		if !known {
			name = fmt.Sprintf("<%x>", file[at+1])
		}
		found += name
		if name == "S" {
			return found
		}
		at += 2 + int(binary.BigEndian.Uint16(file[at+2:]))
	}
	return found
}

func TestOnlyPhotosAreTaken(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"empty": "", "one byte": "\xff", "svg": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "xml": "<?xml version='1.0'?><svg/>",
		"html": "<!doctype html><script>alert(1)</script>", "gif": "GIF89a\x01\x00\x01\x00\x00\x00\x00;", "pdf": "%PDF-1.7\n",
		"webp": "RIFF\x24\x00\x00\x00WEBPVP8 ", "bmp": "BM\x36\x00\x00\x00", "tiff": "II*\x00\x08\x00\x00\x00", "zip": "PK\x03\x04",
		"heic": "\x00\x00\x00\x18ftypheic", "avif": "\x00\x00\x00\x18ftypavif", "elf": "\x7fELF", "mp4": "\x00\x00\x00\x18ftypmp42",
		"gif with a jpeg inside": "GIF89a" + string(asJPEG(t, scene(3, 20, 20), 90)),
		"js that is a comment":   "/*" + string(asJPEG(t, scene(3, 20, 20), 90)) + "*/=alert(1)",
		"twelve bits":            string(patched(asJPEG(t, scene(3, 20, 20), 90), 4, 12)),
	} {
		refused(t, name, []byte(file), photo.BadFormat)
	}
	file := asJPEG(t, scene(3, 20, 20), 90)
	for name, broken := range map[string][]byte{
		"only a head": file[:4], "cut in the header": file[:60], "cut in the pixels": file[:len(file)-20], "no size": sized(file, 0xc0, 0, 20),
		"png head": []byte("\x89PNG\r\n\x1a\n"), "png cut": asPNG(t, scene(3, 20, 20))[:60], "png without a header": []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 40)),
		"empty png": pngOf(0, 0, 8, 2, 0),
	} {
		refused(t, name, broken, photo.Broken)
	}
}

// patched changes a byte of a JPEG's frame header, counted from its marker.
func patched(file []byte, at int, b byte) []byte {
	out := bytes.Clone(file)
	out[bytes.Index(out, []byte{0xff, 0xc0, 0, 17})+at] = b
	return out
}

func squeezed(t *testing.T, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	for range n {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// loop is EXIF whose directories follow each other in a circle, and whose
// values are each as large as the segment.
func loop() []byte {
	b := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08")
	for range 2000 {
		b = append(b, "\x01\x0f\x00\x03\x00\x00\x7f\x00\x00\x00\x00\x00"...)
	}
	binary.BigEndian.PutUint16(b[14:], 1500)
	return segment(0xe1, b[:len(b)-4])
}

// TestBombs: whatever a file promises, little memory is taken. Not parallel:
// it counts what the process allocates.
func TestBombs(t *testing.T) {
	const times = 3
	small := asJPEG(t, scene(4, 64, 64), 90)
	idat := chunk("IDAT", squeezed(t, 1))
	rgb := segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))
	for name, bomb := range map[string]struct {
		file []byte
		want fault.Code // empty: it is taken
	}{
		"a PNG of 400 million pixels":           {pngOf(20_000, 20_000, 8, 2, 0, idat), photo.TooLarge},
		"a PNG of 2^31 by 2^31":                 {pngOf(1<<31-1, 1<<31-1, 8, 2, 0, idat), photo.TooLarge},
		"a JPEG of 65500 by 65500":              {sized(small, 0xc0, 65500, 65500), photo.TooLarge},
		"few pixels of eight bytes":             {pngOf(6300, 6300, 16, 6, 0, idat), photo.TooLarge},
		"an interlaced PNG without its colours": {pngOf(6300, 6300, 8, 3, 1, idat), photo.Broken},
		"an interlaced PNG in colour":           {pngOf(3800, 3800, 8, 2, 1, idat), photo.TooLarge},
		"a progressive JPEG":                    {sized(small, 0xc2, 6000, 6000), photo.TooLarge},
		"a JPEG that hides its RGB":             {append(bytes.Clone(sized(small, 0xc0, 5000, 5000)), rgb...), photo.TooLarge},
		"EXIF in a circle":                      {with(small, loop()), ""},
		"words that are 256 MB":                 {withChunk(asPNG(t, scene(4, 64, 64)), chunk("zTXt", append([]byte("k\x00\x00"), squeezed(t, 256)...))), ""},
		"pixels that are 256 MB more than said": {pngOf(64, 64, 8, 2, 0, chunk("IDAT", squeezed(t, 256))), photo.Broken},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range times {
			if _, err := photos.Read(context.Background(), bytes.NewReader(bomb.file)); fault.CodeOf(err) != bomb.want {
				t.Errorf("%s: %v, want %q", name, err, bomb.want)
			}
		}
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / times; each > 64<<20 {
			t.Errorf("%s of %d bytes took %d MB", name, len(bomb.file), each>>20)
		} else {
			t.Logf("%s of %d bytes took %d kB", name, len(bomb.file), each>>10)
		}
	}
}

// The largest that is taken needs little more than its pixels.
func TestTheLargestPicture(t *testing.T) {
	file := asJPEG(t, image.NewYCbCr(image.Rect(0, 0, 7300, 5470), image.YCbCrSubsampleRatio420), 90)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := read(t, file)
	runtime.ReadMemStats(&after)
	if p.Width != 1280 || after.TotalAlloc-before.TotalAlloc > 66<<20 {
		t.Errorf("%d pixels wide, %d MB", p.Width, (after.TotalAlloc-before.TotalAlloc)>>20)
	}
	refused(t, "a little more", sized(asJPEG(t, scene(4, 64, 64), 90), 0xc0, 7310, 5480), photo.TooLarge)
}

func TestWhoGivesUpIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := photos.Read(ctx, bytes.NewReader(asJPEG(t, scene(5, 64, 64), 90))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want the caller's own end", err)
	}
}

func BenchmarkPhoto(b *testing.B) {
	for _, size := range []struct{ w, h int }{{4000, 3000}, {1920, 1440}} {
		file := asJPEG(b, scene(6, size.w, size.h), 88)
		b.Run(fmt.Sprintf("%dMP", size.w*size.h/1_000_000), func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				read(b, file)
			}
		})
	}
}
