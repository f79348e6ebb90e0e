package photos

import (
	"image"
	"image/color"
	"math/bits"

	"golang.org/x/image/draw"
)

// A picture is scaled, turned and encoded in the planes that a JPEG is made of:
// through RGB it takes twice as long.

// planes gives a picture as brightness and two colours. What no JPEG decodes to
// comes out at most as large as it is kept, on white where it is transparent.
func planes(src image.Image) *image.YCbCr {
	if m, already := src.(*image.YCbCr); already {
		return m
	}
	w, h := within(src.Bounds().Dx(), src.Bounds().Dy(), longest)
	rgb := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(rgb, rgb.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(rgb, rgb.Rect, src, src.Bounds(), draw.Over, nil) // the others take ten times the memory
	dst := image.NewYCbCr(rgb.Rect, image.YCbCrSubsampleRatio444)
	for i := range dst.Y {
		dst.Y[i], dst.Cb[i], dst.Cr[i] = color.RGBToYCbCr(rgb.Pix[4*i], rgb.Pix[4*i+1], rgb.Pix[4*i+2])
	}
	return dst
}

// within is a picture's size, made such that its longer side is at most limit.
func within(w, h, limit int) (int, int) {
	if most := max(w, h); most > limit {
		w, h = max(1, w*limit/most), max(1, h*limit/most)
	}
	return w, h
}

// shrink makes a picture of that size, with a colour for every four pixels.
func shrink(src *image.YCbCr, w, h int) *image.YCbCr {
	y, cb, cr := split(src)
	return joined(w, h, y.scale(w, h), cb.scale((w+1)/2, (h+1)/2), cr.scale((w+1)/2, (h+1)/2))
}

// turn makes a picture upright that shrink has made and that was taken in one
// of the eight orientations of EXIF.
func turn(src *image.YCbCr, orientation int) *image.YCbCr {
	if orientation == upright {
		return src
	}
	y, cb, cr := split(src)
	y, cb, cr = y.turn(orientation), cb.turn(orientation), cr.turn(orientation)
	return joined(y.w, y.h, y, cb, cr)
}

// plane is one of a picture's three.
type plane struct {
	pix          []byte
	stride, w, h int
}

func split(m *image.YCbCr) (y, cb, cr plane) {
	last := m.Rect.Max.Sub(image.Pt(1, 1))
	first := m.COffset(m.Rect.Min.X, m.Rect.Min.Y)
	w := m.COffset(last.X, m.Rect.Min.Y) - first + 1
	h := (m.COffset(m.Rect.Min.X, last.Y)-first)/m.CStride + 1
	return plane{m.Y, m.YStride, m.Rect.Dx(), m.Rect.Dy()}, plane{m.Cb, m.CStride, w, h}, plane{m.Cr, m.CStride, w, h}
}

func joined(w, h int, y, cb, cr plane) *image.YCbCr {
	return &image.YCbCr{
		Y: y.pix, Cb: cb.pix, Cr: cr.pix, YStride: y.stride, CStride: cb.stride,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, w, h),
	}
}

// scale makes a plane of another size, whose pixels are each the mean of what
// they cover. It is the plane itself where that is its size.
func (p plane) scale(w, h int) plane {
	if w == p.w && h == p.h {
		return p
	}
	dst := plane{make([]byte, w*h), w, w, h}
	column := make([]uint32, p.w) // sums of what a row of dst covers
	unread, y := h, 0             // of the row y, in h-ths
	for to := range h {
		clear(column)
		for missing := p.h; missing > 0; {
			part := min(unread, missing)
			add(column, p.pix[y*p.stride:][:p.w], uint32(part))
			missing, unread = missing-part, unread-part
			if unread == 0 {
				unread, y = h, y+1
			}
		}
		means(dst.pix[to*w:][:w], column, uint64(p.h))
	}
	return dst
}

// add adds a row's multiple.
func add(column []uint32, row []byte, times uint32) {
	column = column[:len(row)]
	for x, v := range row {
		column[x] += times * uint32(v)
	}
}

// means fills a row with the means of the columns that its pixels cover, each
// a sum of so many.
func means(row []byte, column []uint32, each uint64) {
	w, covered := uint64(len(row)), uint64(len(column))
	all := each * covered
	inverse := ^uint64(0)/all + 1 // a product is faster than a quotient, and exact below 2^64/all
	unread, x := w, 0
	for to := range row {
		sum := all / 2
		for missing := covered; missing > 0; {
			part := min(unread, missing)
			sum += part * uint64(column[x])
			missing, unread = missing-part, unread-part
			if unread == 0 {
				unread, x = w, x+1
			}
		}
		mean, _ := bits.Mul64(sum, inverse)
		row[to] = byte(mean)
	}
}

// turn makes the plane upright.
func (p plane) turn(orientation int) plane {
	right, bottom := p.w-1, (p.h-1)*p.stride
	way := [...]struct{ from, across, down int }{
		2: {right, -1, p.stride},
		3: {bottom + right, -1, -p.stride},
		4: {bottom, 1, -p.stride},
		5: {0, p.stride, 1},
		6: {bottom, -p.stride, 1},
		7: {bottom + right, -p.stride, -1},
		8: {right, p.stride, -1},
	}[orientation]
	dst := plane{make([]byte, p.w*p.h), p.w, p.w, p.h}
	if orientation >= 5 {
		dst.stride, dst.w, dst.h = p.h, p.h, p.w
	}
	for y := range dst.h {
		from := way.from + y*way.down
		for x := range dst.w {
			dst.pix[y*dst.stride+x] = p.pix[from]
			from += way.across
		}
	}
	return dst
}
