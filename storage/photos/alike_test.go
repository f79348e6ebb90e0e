package photos_test

import (
	"image"
	"testing"

	"golang.org/x/image/draw"

	"encoding/binary"

	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/storage/photos"
)

func scaled(m image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(out, out.Rect, m, m.Bounds(), draw.Src, nil)
	return out
}

func brighter(m *image.RGBA) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	for i, v := range m.Pix {
		out.Pix[i] = byte(min(255, int(v)+25))
	}
	return out
}

// TestReuseIsSeen: 30 pictures in 7 disguises. What has the same pixels has the
// same hash, what looks alike is near, and others are not.
func TestReuseIsSeen(t *testing.T) {
	t.Parallel()
	const pictures, w, h = 30, 480, 360
	var all []photos.Picture
	near, missed := 0, map[string]int{}
	for seed := range uint64(pictures) {
		m := scene(100+seed, w, h)
		file := asJPEG(t, m, 92)
		first := read(t, file)
		all = append(all, first)
		for name, again := range map[string][]byte{
			"the same file": file, "other metadata": with(file, camera(binary.BigEndian, 1), segment(0xfe, []byte("again"))),
		} {
			if read(t, again).Hash != first.Hash {
				t.Errorf("picture %d, %s: another hash", seed, name)
			}
		}
		for name, again := range map[string][]byte{
			"low quality": asJPEG(t, m, 30), "half size": asJPEG(t, scaled(m, w/2, h/2), 92), "brighter": asJPEG(t, brighter(m), 92),
			"as a PNG": asPNG(t, m), "cut at the edges": asJPEG(t, m.SubImage(image.Rect(w/50, h/50, w-w/50, h-h/50)), 92),
		} {
			if photo.Alike(read(t, again).Near, first.Near) {
				near++
			} else {
				missed[name]++
			}
		}
	}
	if near*10 < pictures*5*9 {
		t.Errorf("%d of %d disguises were seen through; missed %v", near, pictures*5, missed)
	}
	for seed := range uint64(16) {
		all = append(all, read(t, asJPEG(t, scene(500+seed, w, h), 92)))
	}
	pairs, wrong := 0, 0
	for i, a := range all {
		for _, b := range all[:i] {
			pairs++
			if photo.Alike(a.Near, b.Near) {
				wrong++
			}
		}
	}
	if pairs < 1000 || wrong*100 > pairs {
		t.Errorf("%d of %d pairs of others look alike", wrong, pairs)
	}
	t.Logf("%d of %d disguises seen through, %d of %d others taken for alike", near, pictures*5, wrong, pairs)
}
