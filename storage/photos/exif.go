package photos

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
)

// upright is the orientation of a picture that need not be turned.
const upright = 1

// The tags that are looked for, and the types they have.
const (
	tagOrientation = 0x0112
	tagDetails     = 0x8769 // where the directory of the next one stands
	tagTaken       = 0x9003

	typeText, typeShort, typeLong = 2, 3, 4
)

// exif finds a picture's orientation, 1 to 8, and when it was taken. It reads
// these two and nothing else: libraries that read all of it can be made to
// loop, or to take gigabytes for one segment.
func exif(tiff []byte) (orientation int, taken time.Time) {
	orientation = upright
	if len(tiff) < 8 {
		return orientation, taken
	}
	d := directory{text: tiff, order: binary.ByteOrder(binary.BigEndian)}
	if string(tiff[:2]) == "II" {
		d.order = binary.LittleEndian
	}
	first := d.order.Uint32(tiff[4:])
	if value := d.find(first, tagOrientation, typeShort); value != nil {
		if n := int(d.order.Uint16(value)); 1 <= n && n <= 8 {
			orientation = n
		}
	}
	details := d.find(first, tagDetails, typeLong)
	if details == nil {
		return orientation, taken
	}
	return orientation, d.date(d.find(d.order.Uint32(details), tagTaken, typeText))
}

// directory finds entries in the TIFF structure of a segment.
type directory struct {
	text  []byte
	order binary.ByteOrder
}

// find returns the four bytes of value or offset of the entry with a tag, in
// the directory at an offset; nil where there is none of that type.
func (d directory) find(offset uint32, tag, kind uint16) []byte {
	const size = 12
	if uint64(offset)+2 > uint64(len(d.text)) {
		return nil
	}
	entries := d.text[offset+2:]
	for range d.order.Uint16(d.text[offset:]) {
		if len(entries) < size {
			return nil
		}
		if d.order.Uint16(entries) == tag && d.order.Uint16(entries[2:]) == kind {
			return entries[8:size]
		}
		entries = entries[size:]
	}
	return nil
}

// date reads the text that a value points to, by the clock of Shanghai.
func (d directory) date(value []byte) time.Time {
	const layout = "2006:01:02 15:04:05"
	if value == nil {
		return time.Time{}
	}
	at := uint64(d.order.Uint32(value))
	if at+uint64(len(layout)) > uint64(len(d.text)) {
		return time.Time{}
	}
	text := strings.TrimRight(string(d.text[at:at+uint64(len(layout))]), "\x00 ")
	taken, err := time.ParseInLocation(layout, text, calendar.Shanghai)
	if err != nil {
		return time.Time{}
	}
	return taken
}
