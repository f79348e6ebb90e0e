package photos

import (
	"bufio"
	"encoding/binary"
	"image"
	"io"
)

// Phones write JPEGs in one scan of baseline coding. These are decoded here, at
// the half, the quarter or the eighth of their size where they are kept no
// larger: that takes a fraction of the library's time and memory. Whatever is
// unusual or looks broken is left to the library, which says what it is.

// quick decodes a JPEG of brightness and two colours whose header was checked,
// such that its longer side has at least that many pixels, if the picture has
// them. It is false for what it leaves to the library.
func quick(r io.Reader, checked header, longest int) (*image.YCbCr, bool) {
	s := &scan{reader: bufio.NewReaderSize(r, 16<<10), edge: 8}
	if checked.rgb || !s.header() || s.w != checked.width || s.h != checked.height {
		return nil, false
	}
	for s.edge > 1 && max(s.w, s.h)*s.edge/2 >= 8*longest {
		s.edge /= 2
	}
	m := s.room()
	return m, s.pixels()
}

// scan is a JPEG while it is decoded.
type scan struct {
	reader   *bufio.Reader
	w, h     int
	quants   [4]*[64]int32
	codes    [2][2]*codes // by class, which is of brightness or of what changes, and number
	parts    []part
	restarts int // units between two restart markers; 0: there are none
	edge     int // pixels that a block of eight becomes

	// The next n bits stand at the top of bits. The last of them are made up,
	// where a marker ended the scan: it is kept then.
	bits   uint64
	n      uint
	padded uint
	marker byte
}

// part is one of the three planes.
type part struct {
	name, quant   byte
	across, down  int // blocks in a unit
	steps         *[64]int32
	first, others *codes
	before        int32 // the mean of the block before, as it is coded
	pix           []byte
	stride        int
}

const (
	markDHT = 0xc4
	markDQT = 0xdb
	markDRI = 0xdd
)

// header reads up to the pixels.
func (s *scan) header() bool {
	var head [len(jpegHead)]byte
	if _, err := io.ReadFull(s.reader, head[:]); err != nil || string(head[:]) != jpegHead {
		return false
	}
	for {
		marker, err := nextMarker(s.reader)
		var size [2]byte
		if err == nil {
			_, err = io.ReadFull(s.reader, size[:])
		}
		n := int(binary.BigEndian.Uint16(size[:])) - 2
		if err != nil || n < 0 {
			return false
		}
		if marker >= 0xe0 { // what programs say, and comments
			if _, err := s.reader.Discard(n); err != nil {
				return false
			}
			continue
		}
		segment := make([]byte, n)
		if _, err := io.ReadFull(s.reader, segment); err != nil {
			return false
		}
		switch marker {
		case sof0, sof1:
			if !s.frame(segment) {
				return false
			}
		case markDQT:
			if !s.quantisation(segment) {
				return false
			}
		case markDHT:
			if !s.huffman(segment) {
				return false
			}
		case markDRI:
			if n != 2 {
				return false
			}
			s.restarts = int(binary.BigEndian.Uint16(segment))
		case startOf:
			return s.start(segment)
		default:
			return false
		}
	}
}

// frame takes three planes of which the first may be up to twice as fine.
func (s *scan) frame(segment []byte) bool {
	if len(segment) != 6+9 || segment[0] != 8 || s.parts != nil {
		return false
	}
	s.h, s.w = int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:]))
	for i := range 3 {
		c := segment[6+3*i:]
		p := part{name: c[0], quant: c[2], across: int(c[1] >> 4), down: int(c[1] & 15)}
		most := 1
		if i == 0 {
			most = 2
		}
		if p.across < 1 || p.across > most || p.down < 1 || p.down > most || p.quant > 3 {
			return false
		}
		s.parts = append(s.parts, p)
	}
	return s.w > 0 && s.h > 0 && s.parts[0].name != s.parts[1].name && s.parts[1].name != s.parts[2].name && s.parts[2].name != s.parts[0].name
}

func (s *scan) quantisation(segment []byte) bool {
	for len(segment) >= 65 {
		if segment[0] > 3 { // or one of 16 bits
			return false
		}
		table := new([64]int32)
		for i, v := range segment[1:65] {
			table[i] = int32(v)
		}
		s.quants[segment[0]] = table
		segment = segment[65:]
	}
	return len(segment) == 0
}

func (s *scan) huffman(segment []byte) bool {
	for len(segment) >= 17 {
		class, number := segment[0]>>4, segment[0]&15
		n := 0
		for _, count := range segment[1:17] {
			n += int(count)
		}
		if class > 1 || number > 1 || n == 0 || n > 256 || len(segment) < 17+n {
			return false
		}
		c := newCodes(segment[1:17], segment[17:17+n])
		if c == nil {
			return false
		}
		s.codes[class][number] = c
		segment = segment[17+n:]
	}
	return len(segment) == 0
}

// start takes a scan of all three planes.
func (s *scan) start(segment []byte) bool {
	if len(s.parts) != 3 || len(segment) != 10 || segment[0] != 3 || segment[7] != 0 || segment[8] != 63 || segment[9] != 0 {
		return false
	}
	for i := range s.parts {
		p, tables := &s.parts[i], segment[2+2*i]
		if segment[1+2*i] != p.name || tables>>4 > 1 || tables&15 > 1 {
			return false
		}
		p.steps, p.first, p.others = s.quants[p.quant], s.codes[0][tables>>4], s.codes[1][tables&15]
		if p.steps == nil || p.first == nil || p.others == nil {
			return false
		}
	}
	return true
}

// units are how many there are in a row, and how many rows.
func (s *scan) units() (across, down int) {
	y := s.parts[0]
	return (s.w + 8*y.across - 1) / (8 * y.across), (s.h + 8*y.down - 1) / (8 * y.down)
}

// room makes the picture that is to be filled.
func (s *scan) room() *image.YCbCr {
	across, down := s.units()
	for i := range s.parts {
		p := &s.parts[i]
		p.stride = across * p.across * s.edge
		p.pix = make([]byte, p.stride*down*p.down*s.edge)
	}
	y, cb, cr := s.parts[0], s.parts[1], s.parts[2]
	return &image.YCbCr{
		Y: y.pix, Cb: cb.pix, Cr: cr.pix, YStride: y.stride, CStride: cb.stride,
		SubsampleRatio: [...]image.YCbCrSubsampleRatio{
			image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		}[2*y.across+y.down-3],
		Rect: image.Rect(0, 0, (s.w*s.edge+7)/8, (s.h*s.edge+7)/8),
	}
}

// pixels decodes the scan, which must be the only one and whole.
func (s *scan) pixels() bool {
	across, down := s.units()
	var block [64]int32
	expected, left := byte(rst0), s.restarts
	for y := range down {
		for x := range across {
			if s.restarts > 0 && left == 0 {
				if !s.ends(expected) {
					return false
				}
				s.restart()
				expected, left = rst0+(expected+1)&7, s.restarts
			}
			left--
			for i := range s.parts {
				p := &s.parts[i]
				for v := range p.down {
					for u := range p.across {
						last := s.block(p, &block)
						if last < 0 {
							return false
						}
						at := ((y*p.down+v)*p.stride + x*p.across + u) * s.edge
						paint(p.pix[at:], p.stride, s.edge, &block, last)
					}
				}
			}
			if s.n < s.padded { // the rest is made up
				return false
			}
		}
	}
	return s.ends(endOfImage)
}

// ends tells whether all bits were read up to a marker, and none behind it.
func (s *scan) ends(marker byte) bool {
	if s.marker == 0 && s.n < 8 {
		s.one()
	}
	return s.marker == marker && s.n < s.padded+8
}

func (s *scan) restart() {
	s.bits, s.n, s.padded, s.marker = 0, 0, 0, 0
	for i := range s.parts {
		s.parts[i].before = 0
	}
}

// fill sees that there are more than 32 bits.
func (s *scan) fill() {
	for s.n <= 32 {
		next, _ := s.reader.Peek(4)
		if len(next) == 4 && s.marker == 0 {
			if v := binary.BigEndian.Uint32(next); (^v-0x01010101)&v&0x80808080 == 0 { // none of them is 0xff
				_, _ = s.reader.Discard(4) // they were peeked at
				s.bits |= uint64(v) << (32 - s.n)
				s.n += 32
				continue
			}
		}
		s.one()
	}
}

// one takes eight bits more.
func (s *scan) one() {
	var b byte
	if s.marker == 0 {
		b = s.next()
		if b == 0xff {
			s.marker = s.next()
		}
	}
	if s.marker != 0 {
		b = 0
		s.padded += 8
	}
	s.bits |= uint64(b) << (56 - s.n)
	s.n += 8
}

// next is the next byte; at the end, for ever, one that no marker is.
func (s *scan) next() byte {
	b, err := s.reader.ReadByte()
	if err != nil {
		return 0xff
	}
	return b
}

// No eight by eight pixels come to more than half of these. So 32 bits are
// enough to transform what is within them.
const (
	mostFirst = 1 << 11 // the mean, as a file has it
	most      = 1 << 14 // all numbers of a block, without their signs
)

// block decodes the next one of a plane. It returns the last place, in the
// order of coding, where something stands, and less than 0 for what is broken.
func (s *scan) block(p *part, to *[64]int32) (last int) {
	*to = [64]int32{}
	if s.n <= 32 {
		s.fill()
	}
	symbol, length := p.first.find(s.bits)
	if length == 0 || symbol > 11 {
		return -1
	}
	bits, n := s.bits<<length, s.n-length
	p.before += number(bits, symbol)
	bits, n = bits<<symbol, n-symbol
	to[0] = p.before * p.steps[0]
	all := max(to[0], -to[0])
	if max(p.before, -p.before) > mostFirst || all > mostFirst {
		return -1
	}
	for at := 1; at < 64; at++ {
		if n <= 32 {
			s.bits, s.n = bits, n
			s.fill()
			bits, n = s.bits, s.n
		}
		symbol, length := p.others.find(bits)
		if length == 0 {
			return -1
		}
		bits, n = bits<<(length&63), n-length
		size := symbol & 15
		if size == 0 {
			if symbol != 0xf0 {
				if symbol != 0 {
					return -1
				}
				break
			}
			at += 15
			continue
		}
		at += int(symbol >> 4)
		if at > 63 {
			return -1
		}
		v := number(bits, size) * p.steps[at]
		to[order[at]&63] = v
		all += max(v, -v)
		bits, n = bits<<size, n-size
		last = at
	}
	s.bits, s.n = bits, n
	if all > most {
		return -1
	}
	return last
}

// number is what the first bits stand for, at most 15 of them.
func number(bits uint64, size uint) int32 {
	v := int32(bits >> 1 >> (63 - size&63))
	low := int32(bits>>63) - 1 // all ones where the first bit is 0
	return v + low&(1-1<<(size&31))
}

// order is where the numbers of a block belong, as they are coded.
var order = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// short is how many bits the codes have that are found at once.
const short = 10

// codes is a table of Huffman's.
type codes struct {
	at      [1 << short]uint16 // symbol and, in the upper half, length; 0 where the code is longer
	limit   [17]uint32         // behind the last code of a length, as 16 bits
	offset  [17]int32          // from a code of a length to its symbol's place
	symbols [256]byte
}

// newCodes makes the table of so many codes of each length; nil where there
// are more than there can be.
func newCodes(counts, symbols []byte) *codes {
	c := &codes{}
	copy(c.symbols[:], symbols)
	code, place := 0, 0
	for i, count := range counts {
		length := i + 1
		c.offset[length] = int32(place - code)
		for range count {
			if code >= 1<<length {
				return nil
			}
			if length <= short {
				from := code << (short - length)
				for j := range 1 << (short - length) {
					c.at[from+j] = uint16(length)<<8 | uint16(symbols[place])
				}
			}
			code, place = code+1, place+1
		}
		c.limit[length] = uint32(code) << (16 - length)
		code <<= 1
	}
	return c
}

// find is the symbol that the bits begin with, and the length of its code; 0
// where there is none.
func (c *codes) find(bits uint64) (symbol, length uint) {
	if e := c.at[bits>>(64-short)]; e != 0 {
		return uint(e & 0xff), uint(e >> 8)
	}
	return c.findLong(uint32(bits >> 48))
}

func (c *codes) findLong(bits uint32) (symbol, length uint) {
	for length := short + 1; length <= 16; length++ {
		if bits < c.limit[length] {
			return uint(c.symbols[(c.offset[length]+int32(bits>>(16-length)))&0xff]), uint(length)
		}
	}
	return 0, 0
}
