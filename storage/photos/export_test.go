package photos

import (
	"bytes"
	"image"
	"io"
)

// Quick is how the pictures that phones write are decoded, such that the longer
// side has at least that many pixels.
func Quick(file []byte, longest int) (*image.YCbCr, bool) {
	r := bytes.NewReader(file)
	_, adobe, err := survey(r)
	if err != nil {
		return nil, false
	}
	h, err := readHeader(r)
	h.rgb = h.rgb || adobe
	if err != nil || h.png || h.check() != nil {
		return nil, false
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, false
	}
	return quick(r, h, longest)
}
