package local

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// decode reads the JSON body of a call as the platform does: UTF-8 alone, escapes of the \u kind stay as they are, and
// a parameter spelt with capitals (toUser) is none it knows.
func decode(body []byte, into any) bool {
	if !utf8.Valid(body) {
		return false
	}
	var given map[string]json.RawMessage
	if json.Unmarshal(keepEscapes(body), &given) != nil || given == nil {
		return false
	}
	for name := range given {
		if name != strings.ToLower(name) {
			delete(given, name)
		}
	}
	known, err := json.Marshal(given)
	return err == nil && json.Unmarshal(known, into) == nil
}

// keepEscapes makes \uXXXX arrive as these six characters: the platform does not decode them in what people read, which
// is why every SDK sends < and 汉字 unescaped.
func keepEscapes(body []byte) []byte {
	var out bytes.Buffer
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			out.WriteByte(body[i])
			continue
		}
		if body[i+1] == 'u' {
			out.WriteByte('\\')
		}
		out.Write(body[i : i+2])
		i++
	}
	return out.Bytes()
}

// hasEscapes tells whether a body has an escape of the \u kind.
func hasEscapes(body []byte) bool { return !bytes.Equal(keepEscapes(body), body) }
