package weixin

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a packet of the platform never exceeds. The deepest that it documents,
// the report of a mass send, has four levels below the root.
const (
	maxLevels = 5
	maxTokens = 400
)

// field is a leaf of a packet that the rim reads. A second one of the same
// name is refused: a person who types a CDATA end could otherwise overwrite
// who sent the message.
type field uint8

const (
	toUserName field = iota
	fromUserName
	createTime
	msgType
	event
	eventKey
	msgID
	jobID
	content
	recognition
	mediaID
	mediaID16K
	menuID
	scanResult
	encrypt
	appID
	traceID
	errCode
	suggest
	jobStatus
	fieldCount

	// Fields of a List, of which a packet may have several.
	itemTemplate = fieldCount
	itemStatus   = fieldCount + 1
	itemMessage  = fieldCount + 2
	itemCode     = fieldCount + 3
	itemWords    = fieldCount + 4
	fieldEnd     = fieldCount + 5

	ignored field = 255
)

// item is a List of an event about subscriptions.
type item [fieldEnd - fieldCount]string

func (i *item) at(f field) *string { return &i[f-fieldCount] }

// isList tells whether an element is a List whose fields are read.
func isList(name string, parents []string) bool {
	if name != "List" || len(parents) != 2 {
		return false
	}
	switch parents[1] {
	case "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent":
		return true
	}
	return false
}

// itemAt tells which field of a List an element is.
func itemAt(name string) field {
	switch name {
	case "TemplateId":
		return itemTemplate
	case "SubscribeStatusString":
		return itemStatus
	case "MsgID":
		return itemMessage
	case "ErrorCode":
		return itemCode
	case "ErrorStatus":
		return itemWords
	}
	return ignored
}

// fieldAt tells which field an element is. Element names are case-sensitive:
// MsgId is a message's, MsgID that of a finished job.
func fieldAt(name string, parents []string) field {
	if len(parents) == 2 && parents[1] == "ScanCodeInfo" && name == "ScanResult" {
		return scanResult
	}
	if len(parents) == 2 && parents[1] == "result" && name == "suggest" {
		return suggest
	}
	if len(parents) == 3 && isList(parents[2], parents[:2]) {
		return itemAt(name)
	}
	if len(parents) != 1 {
		return ignored
	}
	switch name {
	case "ToUserName":
		return toUserName
	case "FromUserName":
		return fromUserName
	case "CreateTime":
		return createTime
	case "MsgType":
		return msgType
	case "Event":
		return event
	case "EventKey":
		return eventKey
	case "MsgId":
		return msgID
	case "MsgID":
		return jobID
	case "Content":
		return content
	case "Recognition":
		return recognition
	case "MediaId":
		return mediaID
	case "MediaId16K":
		return mediaID16K
	case "bizmsgmenuid":
		return menuID
	case "Encrypt":
		return encrypt
	case "appid":
		return appID
	case "trace_id":
		return traceID
	case "errcode":
		return errCode
	case "Status":
		return jobStatus
	}
	return ignored
}

// packet holds the fields of a packet, trimmed and without characters that
// XML 1.0 forbids; an absent one is empty.
type packet [fieldCount]string

// decoder reads one packet. It is strict instead of general: one root named
// xml, no attributes, namespaces, comments, instructions or declarations, no
// element inside a field, no field twice, nothing after the root.
type decoder struct {
	in     string
	at     int
	tokens int
	open   [maxLevels]string
	levels int
	done   bool

	field field // of the innermost open element
	value string
	seen  uint32
	out   packet
	items []item
}

// parse decodes a packet, or refuses it with BadXML.
func parse(in string) (packet, error) {
	p, _, err := parseAll(in)
	return p, err
}

// parseAll is parse, with the packet's Lists.
func parseAll(in string) (packet, []item, error) {
	d := decoder{in: in, field: ignored}
	for d.at < len(d.in) {
		if d.tokens++; d.tokens > maxTokens || !d.token() {
			return packet{}, nil, BadXML
		}
	}
	if !d.done {
		return packet{}, nil, BadXML
	}
	return d.out, d.items, nil
}

func (d *decoder) token() bool {
	rest := d.in[d.at:]
	switch {
	case rest[0] != '<':
		return d.text(rest)
	case strings.HasPrefix(rest, "</"):
		return d.close(rest[2:])
	case strings.HasPrefix(rest, "<![CDATA["):
		return d.cdata(rest[9:])
	}
	return d.start(rest[1:])
}

func (d *decoder) text(rest string) bool {
	end := strings.IndexByte(rest, '<')
	if end < 0 {
		end = len(rest)
	}
	text := rest[:end]
	d.at += end
	if d.levels <= 1 {
		return isBlank(text)
	}
	text, ok := unescape(text)
	if d.field != ignored {
		d.value = join(d.value, text)
	}
	return ok
}

func (d *decoder) cdata(rest string) bool {
	end := strings.Index(rest, "]]>")
	if end < 0 || d.levels <= 1 {
		return false
	}
	d.at += len("<![CDATA[") + end + len("]]>")
	if d.field != ignored {
		d.value = join(d.value, rest[:end])
	}
	return true
}

func (d *decoder) start(rest string) bool {
	end := strings.IndexByte(rest, '>')
	if end < 0 || d.done || d.levels == maxLevels || d.field != ignored {
		return false
	}
	d.at += end + 2
	tag, empty := strings.CutSuffix(rest[:end], "/")
	name := strings.TrimRight(tag, blanks)
	if !isName(name) || (d.levels == 0 && name != "xml") {
		return false
	}
	d.field = fieldAt(name, d.open[:d.levels])
	if isList(name, d.open[:d.levels]) {
		d.items = append(d.items, item{})
		d.seen &= 1<<fieldCount - 1
	}
	if d.field != ignored && d.seen&(1<<d.field) != 0 {
		return false
	}
	d.value = ""
	d.open[d.levels] = name
	d.levels++
	if empty {
		d.leave()
	}
	return true
}

func (d *decoder) close(rest string) bool {
	end := strings.IndexByte(rest, '>')
	if end < 0 || d.levels == 0 || strings.TrimRight(rest[:end], blanks) != d.open[d.levels-1] {
		return false
	}
	d.at += end + 3
	d.leave()
	return true
}

// leave ends the innermost element and keeps its value if it is a field.
func (d *decoder) leave() {
	if d.field != ignored {
		d.seen |= 1 << d.field
		value := strings.Trim(legal(d.value), blanks)
		if d.field < fieldCount {
			d.out[d.field] = value
		} else {
			*d.items[len(d.items)-1].at(d.field) = value
		}
	}
	d.field = ignored
	d.levels--
	d.done = d.levels == 0
}

const blanks = " \t\r\n"

func isBlank(s string) bool { return strings.Trim(s, blanks) == "" }

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

// join avoids a copy for the usual value, which is one CDATA section.
func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + b
}

// unescape resolves the five named entities and character references of text
// outside CDATA. It refuses others, and the CDATA end that XML forbids there.
func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '&') < 0 {
		return s, !strings.Contains(s, "]]>")
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "&")
		if strings.Contains(before, "]]>") {
			return "", false
		}
		out.WriteString(before)
		if !found {
			return out.String(), true
		}
		name, after, closed := strings.Cut(rest, ";")
		r, ok := entity(name)
		if !closed || !ok {
			return "", false
		}
		out.WriteRune(r)
		s = after
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), numeric && err == nil && isLegal(rune(n))
}

// isLegal tells whether XML 1.0 allows the character.
func isLegal(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return true
	case r < ' ', r >= 0xD800 && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF, r > utf8.MaxRune:
		return false
	}
	return true
}

// legal drops what XML 1.0 forbids and bytes that are not UTF-8, and writes
// every line end as a line feed. It copies only where it must, and runs over
// ASCII by bytes: most of a packet is base64.
func legal(s string) string {
	plain := 0
	for plain < len(s) && s[plain] >= ' ' && s[plain] < utf8.RuneSelf {
		plain++
	}
	for i, r := range s[plain:] {
		if !isLegal(r) || r == '\r' || r == utf8.RuneError && !strings.HasPrefix(s[plain+i:], "\uFFFD") {
			return legalCopy(s)
		}
	}
	return s
}

func legalCopy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case !isLegal(r):
			return -1
		}
		return r
	}, s)
}

// fit makes a text that the platform takes as one message: legal characters
// only, cut at MaxText bytes on a character edge.
func fit(s string) string {
	s = legal(s)
	if len(s) <= MaxText {
		return s
	}
	end := MaxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
