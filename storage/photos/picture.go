// Package photos makes of what somebody hands in a picture that can be shown:
// small, upright, without anything but its pixels. It keeps pictures under
// their content's hash, and signs the addresses under which they are shown.
package photos

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"github.com/corona10/goimagehash"
	"golang.org/x/image/draw"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
)

const (
	// MaxBytes is the most that somebody hands in, in bytes: what the
	// platform's content check takes.
	MaxBytes = 10 << 20
	// MaxPixels is the largest picture that is read.
	MaxPixels = 40_000_000

	longest      = 1280 // pixels of the kept picture's longer side
	thumbLongest = 320
	quality      = 80
	thumbQuality = 75

	// maxDecoded bounds the memory of one decoder, in bytes. It holds 40 million
	// pixels as phones write them; what needs more for fewer is a bomb or no phone's.
	maxDecoded = 61_000_000
	// decodeTime ends a picture that is made to take for ever.
	decodeTime = 10 * time.Second
)

// decoders are how many pictures are decoded at a time in this process.
var decoders = make(chan struct{}, 2)

// Picture is a picture as it is kept. Nothing of the file it came from is in it
// but the pixels.
type Picture struct {
	JPEG, Thumb []byte
	// Hash is the SHA-256 of JPEG, in hex.
	Hash string
	// Original is the SHA-256 of what was handed in.
	Original [32]byte
	// Near is its perceptual hash: of pictures that look alike few bits differ.
	Near uint64
	// TakenAt is when the camera says that it was taken, by Shanghai's clock;
	// zero where it does not say so.
	TakenAt       time.Time
	Width, Height int // of JPEG, in pixels
}

// Read makes a picture of a JPEG or PNG file. What can be read again, as a
// file can, is not copied into memory. It looks at the header first and waits
// for one of two decoders. It refuses with photo.BadFormat, photo.TooBig,
// photo.TooLarge or photo.Broken; other errors are the reader's or ctx's.
func Read(ctx context.Context, r io.Reader) (Picture, error) {
	file, free, err := whole(r)
	if err != nil {
		return Picture{}, err
	}
	defer free()
	original, adobe, err := survey(file)
	if err != nil {
		return Picture{}, err
	}
	h, err := readHeader(file)
	if err != nil {
		return Picture{}, err
	}
	if err := h.check(adobe); err != nil {
		return Picture{}, err
	}
	select {
	case decoders <- struct{}{}:
		defer func() { <-decoders }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	p, err := develop(ctx, file, h)
	p.Original, p.TakenAt = original, h.taken
	return p, err
}

// whole gives what can be read again, at most MaxBytes, and what to do when it
// was read.
func whole(r io.Reader) (file io.ReadSeeker, free func(), err error) {
	file, again := r.(io.ReadSeeker)
	if !again {
		s := &spool{}
		if err := s.fill(r); err != nil {
			s.free()
			return nil, nil, err
		}
		return s, s.free, nil
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		err = tooBig(size)
	}
	return file, func() {}, err
}

// survey reads the file once for its hash, and for a mark that makes the
// decoder take more memory wherever it stands.
func survey(file io.ReadSeeker) (sum [32]byte, adobe bool, err error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return sum, false, err
	}
	h, s := sha256.New(), &search{}
	if _, err := io.Copy(io.MultiWriter(h, s), file); err != nil {
		return sum, false, err
	}
	h.Sum(sum[:0])
	return sum, s.found, nil
}

// search looks for an Adobe segment that calls the pixels RGB.
type search struct {
	tail  []byte
	found bool
}

// Write looks through a part of the file.
func (s *search) Write(p []byte) (int, error) {
	const size = 2 + 2 + 12 // marker, length, content
	text := append(s.tail, p...)
	for at := 0; at+size <= len(text); at++ {
		next := bytes.Index(text[at:], []byte{0xff, 0xee})
		if next < 0 || at+next+size > len(text) {
			break
		}
		at += next
		s.found = s.found || string(text[at+4:at+9]) == "Adobe" && text[at+15] == 0
	}
	s.tail = bytes.Clone(text[max(0, len(text)-size+1):])
	return len(p), nil
}

// hurried ends the reading, and so the decoding, with its context.
type hurried struct {
	ctx context.Context
	r   io.Reader
}

// Read reads while there is time.
func (h hurried) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.r.Read(p)
}

// develop decodes, scales, turns and encodes.
func develop(ctx context.Context, file io.ReadSeeker, h header) (Picture, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return Picture{}, err
	}
	decode := jpeg.Decode
	if h.png {
		decode = png.Decode
	}
	raw, err := decode(hurried{ctx, file})
	if err != nil {
		return Picture{}, because(ctx, err)
	}
	upright := turn(scale(raw, longest), h.orientation)
	small := scale(scale(upright, 2*thumbLongest), thumbLongest) // halved at most at a time, no pixel is left out
	p := Picture{Width: upright.Rect.Dx(), Height: upright.Rect.Dy()}
	if p.JPEG, err = encode(upright, quality); err != nil {
		return Picture{}, err
	}
	if p.Thumb, err = encode(small, thumbQuality); err != nil {
		return Picture{}, err
	}
	near, err := goimagehash.PerceptionHash(small)
	if err != nil {
		return Picture{}, err
	}
	sum := sha256.Sum256(p.JPEG)
	p.Hash, p.Near = hex.EncodeToString(sum[:]), near.GetHash()
	return p, nil
}

// because tells a picture that took too long from one that is broken, and both
// from a caller who gave up.
func because(ctx context.Context, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.Refuse(photo.TooLarge)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, new(png.UnsupportedError)), errors.As(err, new(jpeg.UnsupportedError)):
		return fault.Refuse(photo.BadFormat)
	}
	return fault.Refuse(photo.Broken)
}

// scale makes a copy whose longer side is at most limit, on white where the
// picture is transparent.
func scale(src image.Image, limit int) *image.RGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if most := max(w, h); most > limit {
		w, h = max(1, w*limit/most), max(1, h*limit/most)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(dst, dst.Rect, src, src.Bounds(), draw.Over, nil) // the others take ten times the memory
	return dst
}

// turn makes a picture upright that was taken in one of the eight orientations
// of EXIF.
func turn(src *image.RGBA, orientation int) *image.RGBA {
	if orientation == upright {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	from := [...]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	}[orientation]
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			fx, fy := from(x, y)
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(fx, fy):])
		}
	}
	return dst
}

func encode(m image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}
