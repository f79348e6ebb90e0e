package photos_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
)

// scene draws a picture that looks like no other of another seed: a sky over
// ground, some boxes and the grain of a camera.
func scene(seed uint64, w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	shade := func() color.RGBA { return color.RGBA{byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256)), 255} }
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	horizon, sky, ground := h/4+r.IntN(h/2), shade(), shade()
	for y := range h {
		c := sky
		if y > horizon {
			c = ground
		}
		for x := range w {
			m.SetRGBA(x, y, c)
		}
	}
	for range 12 {
		x, y, c := r.IntN(w), r.IntN(h), shade()
		for dy := range min(h-y, h/8+r.IntN(h/3)) {
			for dx := range min(w-x, w/8+r.IntN(w/3)) {
				m.SetRGBA(x+dx, y+dy, c)
			}
		}
	}
	for i := range m.Pix {
		if i%4 < 3 {
			m.Pix[i] = byte(min(255, max(0, int(m.Pix[i])+r.IntN(13)-6)))
		}
	}
	return m
}

func asJPEG(tb testing.TB, m image.Image, quality int) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(tb testing.TB, m image.Image) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// segment is one of a JPEG, with its marker.
func segment(marker byte, content []byte) []byte {
	out := []byte{0xff, marker}
	out = binary.BigEndian.AppendUint16(out, uint16(len(content)+2))
	return append(out, content...)
}

// with puts segments at the start of a JPEG.
func with(file []byte, segments ...[]byte) []byte {
	out := bytes.Clone(file[:2])
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, file[2:]...)
}

// sized makes a JPEG's frame header say another size, and in another marker.
func sized(file []byte, marker byte, w, h int) []byte {
	out := bytes.Clone(file)
	at := bytes.Index(out, []byte{0xff, 0xc0, 0, 17})
	out[at+1] = marker
	binary.BigEndian.PutUint16(out[at+5:], uint16(h))
	binary.BigEndian.PutUint16(out[at+7:], uint16(w))
	return out
}

// chunk is one of a PNG.
func chunk(name string, content []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	out = append(append(out, name...), content...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngOf is a PNG of these chunks behind its header.
func pngOf(w, h int, depth, kind, interlaced byte, chunks ...[]byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = binary.BigEndian.AppendUint32(head, uint32(h))
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, depth, kind, 0, 0, interlaced))...)
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, chunk("IEND", nil)...)
}

const taken = "2026:11:20 08:30:00"

// camera is the EXIF segment of a phone: orientation, time, place and a name.
func camera(order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "MM"
	if order.String() == "LittleEndian" {
		mark = "II"
	}
	out := append([]byte("Exif\x00\x00"), mark...)
	out = order.AppendUint16(out, 42)
	out = order.AppendUint32(out, 8)
	entry := func(tag, kind uint16, count, value uint32) {
		out = order.AppendUint16(order.AppendUint16(out, tag), kind)
		out = order.AppendUint32(order.AppendUint32(out, count), value)
	}
	short := uint32(orientation)
	if mark == "MM" {
		short <<= 16
	}
	const first, details, gps = 8, 8 + 2 + 4*12 + 4, 8 + 2 + 4*12 + 4 + 2 + 12 + 4
	const text = gps + 2 + 12 + 4
	out = order.AppendUint16(out, 4)
	entry(0x010f, 2, 8, text+20) // the maker
	entry(0x0112, 3, 1, short)
	entry(0x8769, 4, 1, details)
	entry(0x8825, 4, 1, gps)
	out = order.AppendUint32(out, 0)
	out = order.AppendUint16(out, 1)
	entry(0x9003, 2, 20, text)
	out = order.AppendUint32(out, 0)
	out = order.AppendUint16(out, 1)
	entry(0x0001, 2, 2, binary.BigEndian.Uint32([]byte("N\x00\x00\x00")))
	out = order.AppendUint32(out, 0)
	out = append(out, taken+"\x00"...)
	return segment(0xe1, append(out, "canary!\x00"...))
}
