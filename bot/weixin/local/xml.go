package local

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDepth is enough for the deepest reply, xml/Articles/item/Title.
const maxDepth = 4

// field is one element of a packet, in the order the platform writes them.
type field struct {
	name, value string
	bare        bool    // numbers stand bare, text in CDATA
	inner       []field // instead of a value
}

func text(name, value string) field   { return field{name: name, value: value} }
func number(name, value string) field { return field{name: name, value: value, bare: true} }

func group(name string, inner ...field) field { return field{name: name, inner: inner} }

// writePacket joins the fields the way live packets look. It leaves a person's "]]>" as it is: by the reports the
// platform does so too, and a receiver must survive it.
func writePacket(fields []field) []byte {
	var b bytes.Buffer
	b.WriteString("<xml>")
	writeFields(&b, fields)
	b.WriteString("</xml>")
	return b.Bytes()
}

func writeFields(b *bytes.Buffer, fields []field) {
	for _, f := range fields {
		switch {
		case f.inner != nil:
			fmt.Fprintf(b, "<%s>\n", f.name)
			writeFields(b, f.inner)
			fmt.Fprintf(b, "</%s>\n", f.name)
		case f.bare:
			fmt.Fprintf(b, "<%s>%s</%s>\n", f.name, f.value, f.name)
		default:
			fmt.Fprintf(b, "<%s><![CDATA[%s]]></%s>\n", f.name, f.value, f.name)
		}
	}
}

// element is a parsed element: either text or children, never both.
type element struct {
	name     string
	text     string
	children []*element
}

// parseXML reads one whole document whose root is <xml>; attributes, comments, directives, mixed content, anything
// after the root and repeated names other than item are errors.
func parseXML(raw []byte) (*element, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("not UTF-8")
	}
	top := &element{}
	if err := readElements(xml.NewDecoder(bytes.NewReader(raw)), []*element{top}); err != nil {
		return nil, err
	}
	if strings.TrimSpace(top.text) != "" {
		return nil, errors.New("text outside the root element")
	}
	if len(top.children) != 1 || top.children[0].name != "xml" {
		return nil, errors.New("want one root element <xml>")
	}
	return top.children[0], nil
}

// readElements fills open[0] until the document ends; open is the stack of elements not closed yet.
func readElements(d *xml.Decoder, open []*element) error {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		last := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			child, err := last.add(t, len(open))
			if err != nil {
				return err
			}
			open = append(open, child)
		case xml.EndElement:
			if err := last.closed(); err != nil {
				return err
			}
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(t)
		default:
			return fmt.Errorf("a %T is not allowed in a message", token)
		}
	}
}

func (e *element) add(t xml.StartElement, depth int) (*element, error) {
	name := t.Name.Local
	switch {
	case len(t.Attr) > 0 || t.Name.Space != "":
		return nil, fmt.Errorf("<%s> has an attribute or a name space", name)
	case depth > maxDepth:
		return nil, fmt.Errorf("<%s> is nested deeper than %d", name, maxDepth)
	case name != "item" && e.child(name) != nil:
		return nil, fmt.Errorf("<%s> stands twice", name)
	}
	child := &element{name: name}
	e.children = append(e.children, child)
	return child, nil
}

func (e *element) closed() error {
	if len(e.children) > 0 && strings.TrimSpace(e.text) != "" {
		return fmt.Errorf("<%s> mixes text and elements", e.name)
	}
	return nil
}

func (e *element) child(name string) *element {
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// value is the text at a path below e; it is an error if an element is missing, nested or empty.
func (e *element) value(path ...string) (string, error) {
	for _, name := range path {
		next := e.child(name)
		if next == nil {
			return "", fmt.Errorf("<%s> is missing in <%s>", name, e.name)
		}
		e = next
	}
	if len(e.children) > 0 {
		return "", fmt.Errorf("<%s> holds elements, want text", e.name)
	}
	if strings.TrimSpace(e.text) == "" {
		return "", fmt.Errorf("<%s> is empty", e.name)
	}
	return e.text, nil
}
