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
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"github.com/corona10/goimagehash"

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
	h.rgb = h.rgb || adobe
	if err := h.check(); err != nil {
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
	raw, err := decode(ctx, file, h)
	if err != nil {
		return Picture{}, err
	}
	w, height := within(h.width, h.height, longest)
	shown := turn(shrink(raw, w, height), h.orientation)
	w, height = within(shown.Rect.Dx(), shown.Rect.Dy(), thumbLongest)
	small := shrink(shown, w, height)
	p := Picture{Width: shown.Rect.Dx(), Height: shown.Rect.Dy()}
	if p.JPEG, err = encode(shown, quality); err != nil {
		return Picture{}, err
	}
	if p.Thumb, err = encode(small, thumbQuality); err != nil {
		return Picture{}, err
	}
	near, err := goimagehash.PerceptionHash(&image.Gray{Pix: small.Y, Stride: small.YStride, Rect: small.Rect})
	if err != nil {
		return Picture{}, err
	}
	sum := sha256.Sum256(p.JPEG)
	p.Hash, p.Near = hex.EncodeToString(sum[:]), near.GetHash()
	return p, nil
}

// decode gives the pixels, at least as many as are kept.
func decode(ctx context.Context, file io.ReadSeeker, h header) (*image.YCbCr, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if !h.png {
		if m, done := quick(hurried{ctx, file}, h, longest); done {
			return m, nil
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	}
	library := jpeg.Decode
	if h.png {
		library = png.Decode
	}
	raw, err := library(hurried{ctx, file})
	if err != nil {
		return nil, because(ctx, err)
	}
	return planes(raw), nil
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

func encode(m image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}
