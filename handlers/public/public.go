// Package public is what anybody may see: the page behind the code of a card.
package public

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"

	"github.com/a-h/templ"
)

//go:generate go tool templ generate

//go:embed page.css
var css string

// New makes the handler of /h/{token}. The page is the same for any token, known,
// unknown or revoked, so it asks nobody and says nothing of anybody.
func New() (http.Handler, error) {
	var page bytes.Buffer
	if err := cardPage(templ.Raw("<style>"+css+"</style>")).Render(context.Background(), &page); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(css))
	policy := "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-store")
		_, _ = w.Write(page.Bytes()) // who asked may be gone
	}), nil
}
