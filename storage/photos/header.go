package photos

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
)

// header is what a file says of its picture before any of it is decoded.
type header struct {
	png           bool
	width, height int
	// decoded is how many bytes the standard library takes to decode it.
	decoded     int64
	rgb         bool // the decoder makes an RGB copy
	orientation int
	taken       time.Time
}

// check refuses what would take too much memory.
func (h header) check() error {
	pixels := int64(h.width) * int64(h.height)
	if !h.png && h.rgb {
		h.decoded += 4 * pixels
	}
	switch {
	case pixels == 0:
		return fault.Refuse(photo.Broken)
	case pixels > MaxPixels, h.decoded > maxDecoded:
		return fault.Refuse(photo.TooLarge)
	}
	return nil
}

const (
	pngHead  = "\x89PNG\r\n\x1a\n"
	jpegHead = "\xff\xd8"
)

// readHeader reads the start of a file. It refuses with photo.BadFormat what is
// neither JPEG nor PNG by its content, and with photo.Broken a header that is cut off.
func readHeader(file io.ReadSeeker) (header, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return header{}, err
	}
	r := bufio.NewReader(file)
	head, err := r.Peek(len(pngHead))
	switch {
	case err != nil && len(head) < len(jpegHead):
		return header{}, fault.Refuse(photo.BadFormat)
	case string(head) == pngHead:
		return pngHeader(r)
	case bytes.HasPrefix(head, []byte(jpegHead)):
		_, _ = r.Discard(len(jpegHead)) // they were peeked at
		return jpegHeader(r)
	}
	return header{}, fault.Refuse(photo.BadFormat)
}

// pngHeader reads the IHDR chunk, which is the first one.
func pngHeader(r io.Reader) (header, error) {
	var b [29]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return header{}, fault.Refuse(photo.Broken)
	}
	w, h := binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])
	if string(b[8:16]) != "\x00\x00\x00\rIHDR" || w > 1<<31-1 || h > 1<<31-1 {
		return header{}, fault.Refuse(photo.Broken)
	}
	depth, kind, interlaced := b[24], b[25], b[28] != 0
	bytesPerPixel := int64(4) // also of grey ones, which may be transparent
	switch {
	case kind == 3: // a palette
		bytesPerPixel = 1
	case depth == 16:
		bytesPerPixel = 8
	}
	out := header{png: true, width: int(w), height: int(h), orientation: upright}
	if int64(w)*int64(h) <= MaxPixels {
		out.decoded = int64(w) * int64(h) * bytesPerPixel
	}
	if interlaced { // the largest pass is half the picture once more
		out.decoded += out.decoded / 2
	}
	return out, nil
}

// The markers of a JPEG that end its header or say something of its picture.
const (
	sof0, sof1, sof2    = 0xc0, 0xc1, 0xc2 // baseline, extended, progressive
	rst0, rst7          = 0xd0, 0xd7
	endOfImage, startOf = 0xd9, 0xda
	app1                = 0xe1
)

// jpegHeader reads the segments up to the frame header, as leniently as the
// decoder does, so that both see the same one.
func jpegHeader(r *bufio.Reader) (header, error) {
	h := header{orientation: upright}
	seen := false // the camera's EXIF
	for {
		marker, err := nextMarker(r)
		if err != nil || marker == endOfImage || marker == startOf {
			return h, fault.Refuse(photo.Broken)
		}
		if rst0 <= marker && marker <= rst7 {
			continue
		}
		var size [2]byte
		if _, err := io.ReadFull(r, size[:]); err != nil {
			return h, fault.Refuse(photo.Broken)
		}
		segment := make([]byte, max(0, int(binary.BigEndian.Uint16(size[:]))-2))
		if _, err := io.ReadFull(r, segment); err != nil {
			return h, fault.Refuse(photo.Broken)
		}
		switch {
		case marker == sof0, marker == sof1, marker == sof2:
			err := h.frame(segment, marker == sof2)
			return h, err
		case marker == app1 && !seen:
			if tiff, found := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); found {
				h.orientation, h.taken = exif(tiff)
				seen = true
			}
		}
	}
}

// nextMarker skips what stands before a marker.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		for err == nil && b != 0xff {
			b, err = r.ReadByte()
		}
		for err == nil && b == 0xff {
			b, err = r.ReadByte()
		}
		if err != nil || b != 0 {
			return b, err
		}
	}
}

// frame reads a frame header: what is coded, and in which samples.
func (h *header) frame(segment []byte, progressive bool) error {
	if len(segment) < 6 || len(segment) != 6+3*int(segment[5]) {
		return fault.Refuse(photo.Broken)
	}
	components := segment[6:]
	if segment[0] != 8 || len(components) != 3 && len(components) != 9 {
		return fault.Refuse(photo.BadFormat) // no phone writes four inks, or 12 bits
	}
	h.height, h.width = int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:]))
	across, down, blocks := 1, 1, 1
	if len(components) == 9 {
		across, down, blocks = int(components[1]>>4), int(components[1]&15), 0
		for i := 0; i < len(components); i += 3 {
			blocks += int(components[i+1]>>4) * int(components[i+1]&15)
		}
		h.rgb = components[0] == 'R' && components[3] == 'G' && components[6] == 'B'
	}
	if across == 0 || down == 0 {
		return fault.Refuse(photo.Broken)
	}
	units := int64((h.width+8*across-1)/(8*across)) * int64((h.height+8*down-1)/(8*down))
	h.decoded = units * int64(blocks) * 64
	if progressive { // keeps every coefficient in four bytes until the end
		h.decoded += 4 * h.decoded
	}
	return nil
}
