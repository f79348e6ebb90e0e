package local

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

// mediaKept is how long a picture or voice can be fetched, whoever sent it.
const mediaKept = 3 * 24 * time.Hour

// medium is a temporary picture or voice.
type medium struct {
	kind        Kind // Image or Voice
	contentType string
	suffix      string
	raw         []byte
	ends        time.Time
}

// The most a medium may have, in bytes, and the longest voice.
const (
	maxImage = 10 << 20
	maxVoice = 2 << 20
	maxPlay  = 60 * time.Second
)

// recognise tells what bytes are; ok is false for what is neither picture (PNG, JPEG, GIF) nor voice (AMR, MP3).
func recognise(raw []byte) (m medium, ok bool) {
	switch {
	case bytes.HasPrefix(raw, []byte(amrHead)), bytes.HasPrefix(raw, []byte(amrWideHead)):
		return medium{kind: Voice, contentType: "audio/amr", suffix: "amr", raw: raw}, true
	case bytes.HasPrefix(raw, []byte("ID3")), len(raw) > 2 && raw[0] == 0xff && raw[1]&0xe6 == 0xe2:
		return medium{kind: Voice, contentType: "audio/mp3", suffix: "mp3", raw: raw}, true
	}
	switch sniffed := http.DetectContentType(raw); sniffed {
	case "image/png", "image/jpeg", "image/gif":
		suffix := strings.Replace(strings.TrimPrefix(sniffed, "image/"), "jpeg", "jpg", 1)
		return medium{kind: Image, contentType: sniffed, suffix: suffix, raw: raw}, true
	}
	return medium{}, false
}

const (
	amrHead     = "#!AMR\n"
	amrWideHead = "#!AMR-WB\n"
	amrFrame    = 20 * time.Millisecond
)

// amrSizes are the bytes after a narrow-band frame's first, by its kind; the kinds left out have none.
var amrSizes = [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5}

// playTime is how long a narrow-band AMR voice plays, 0 for anything else: the platform reads MP3 too, this one does not.
func playTime(raw []byte) time.Duration {
	rest, found := bytes.CutPrefix(raw, []byte(amrHead))
	if !found {
		return 0
	}
	played := time.Duration(0)
	for len(rest) > 0 {
		size := 1 + amrSizes[rest[0]>>3&15]
		rest = rest[min(size, len(rest)):]
		played += amrFrame
	}
	return played
}

// What a phone sends when a test does not care: a second of voice in which nobody speaks, and a small grey JPEG.
var (
	silence     = append([]byte(amrHead), bytes.Repeat([]byte{0x7c}, 50)...)
	wideSilence = append([]byte(amrWideHead), bytes.Repeat([]byte{0x7c}, 50)...)
	greyPicture = snapshot()
)

func snapshot() []byte {
	var out bytes.Buffer
	_ = jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 8, 8)), nil) // a Buffer takes everything
	return out.Bytes()
}

// keep stores a medium, forgets those whose time is over, and returns its id.
func (w *WeChat) keep(m medium, now time.Time) string {
	for len(w.mediaOrder) > 0 && w.medium(w.mediaOrder[0], now) == nil {
		delete(w.media, w.mediaOrder[0])
		w.mediaOrder = w.mediaOrder[1:]
	}
	m.ends = now.Add(mediaKept)
	id := mediaID()
	w.media[id], w.mediaOrder = &m, append(w.mediaOrder, id)
	return id
}

// medium returns what can still be fetched under an id, nil for anything else.
func (w *WeChat) medium(id string, now time.Time) *medium {
	if m := w.media[id]; m != nil && now.Before(m.ends) {
		return m
	}
	return nil
}

// uploadMedia is POST /cgi-bin/media/upload of a picture or a voice; videos and thumbnails are not played here.
func (w *WeChat) uploadMedia(c call) any {
	kind := Kind(c.query.Get("type"))
	if kind != Image && kind != Voice {
		return apiError(c.now, 40004)
	}
	raw, code := uploaded(c)
	if code != 0 {
		return apiError(c.now, code)
	}
	m, known := recognise(raw)
	switch {
	case !known || m.kind != kind || bytes.HasPrefix(raw, []byte(amrWideHead)):
		code = 40005
	case kind == Image && len(raw) > maxImage:
		code = 40009
	case kind == Voice && len(raw) > maxVoice:
		code = 40010
	case playTime(raw) > maxPlay:
		code = 45007
	}
	if code != 0 {
		return apiError(c.now, code)
	}
	return struct {
		Type      Kind   `json:"type"`
		MediaID   string `json:"media_id"`
		CreatedAt int64  `json:"created_at"`
	}{kind, w.keep(m, c.now), c.now.Unix()}
}

// uploaded is the form's file named media.
func uploaded(c call) ([]byte, int) {
	form, params, err := mime.ParseMediaType(c.contentType)
	if err != nil || form != "multipart/form-data" {
		return nil, 41005
	}
	if bytes.HasPrefix(c.body, []byte("unreadable: ")) {
		return nil, 45001
	}
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			return nil, 41005
		}
		if part.FormName() != "media" || part.FileName() == "" {
			continue
		}
		raw, err := io.ReadAll(part)
		switch {
		case err != nil:
			return nil, 41005
		case len(raw) == 0:
			return nil, 44001
		}
		return raw, 0
	}
}

// getMedia is GET /cgi-bin/media/get: the bytes as a file, or an errcode in JSON.
func (w *WeChat) getMedia(c call) any {
	id := c.query.Get("media_id")
	if id == "" {
		return apiError(c.now, 41006)
	}
	m := w.medium(id, c.now)
	if m == nil {
		return apiError(c.now, 40007)
	}
	return response{status: http.StatusOK, contentType: m.contentType, fileName: id + "." + m.suffix, body: m.raw}
}
