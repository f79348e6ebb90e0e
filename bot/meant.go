package bot

import (
	"slices"
	"strings"
)

// meant tells whether the message means the intent.
func (m message) meant(name string) bool { return m.phrase == name || m.intent == name }

// says tells whether the words hold one of the parts.
func (m message) says(parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(m.clean, p) })
}
