package demo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// part is one side of a packet, as a tab shows it.
type part struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// packet answers with everything of one packet.
func (h *handler) packet(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		refuse(w, errGone)
		return
	}
	after := h.phones.Wire(id - 1)
	if len(after) == 0 || after[0].ID != id {
		refuse(w, errGone)
		return
	}
	render(w, http.StatusOK, struct {
		packetTitle
		URL   string `json:"url"`
		Parts []part `json:"parts"`
	}{after[0].title(), after[0].URL, after[0].parts()})
}

// parts are the raw bytes and what was inside them; what was never encrypted is
// only laid out.
func (p Packet) parts() []part {
	if p.PlainRequest == "" && p.PlainResponse == "" {
		return []part{{"请求", pretty(p.Request)}, {"回应", pretty(p.Response)}}
	}
	return []part{
		{"原始请求", p.Request},
		{"请求解密后", pretty(p.PlainRequest)},
		{"原始回应", p.Response},
		{"回应解密后", pretty(p.PlainResponse)},
	}
}

// pretty lays out XML and JSON; anything else stays as it is.
func pretty(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "<") {
		return layOut(s)
	}
	var b bytes.Buffer
	if json.Indent(&b, []byte(s), "", "  ") != nil {
		return s
	}
	return b.String()
}

// xmlPiece is a CDATA section, a tag, or text. Sections stay sections: that is
// how they passed.
var xmlPiece = regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>|<[^>]*>|[^<]+`)

// layOut puts each element on a line of its own; an element that holds text
// stays on one. What is cut or not balanced stays as it is.
func layOut(s string) string {
	var b strings.Builder
	pieces := xmlPiece.FindAllString(s, -1)
	depth, broken := 0, true // broken: the next closing tag begins a line
	line := func() {
		if b.Len() > 0 {
			b.WriteString("\n" + strings.Repeat("  ", max(depth, 0)))
		}
	}
	for _, piece := range pieces {
		switch {
		case strings.HasPrefix(piece, "<![CDATA["):
			broken = false
		case strings.HasPrefix(piece, "</"):
			if depth--; broken {
				line()
			}
			broken = true
		case strings.HasSuffix(piece, "/>"), strings.HasPrefix(piece, "<?"), strings.HasPrefix(piece, "<!"):
			line()
			broken = true
		case strings.HasPrefix(piece, "<"):
			line()
			depth++
			broken = false
		case strings.TrimSpace(piece) == "":
			continue
		}
		b.WriteString(piece)
	}
	if depth != 0 || strings.Join(pieces, "") != s {
		return s
	}
	return b.String()
}
