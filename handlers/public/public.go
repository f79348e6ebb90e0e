// Package public is what anybody may see: the page behind the code of a card, and
// the check of a sheet on the wall.
package public

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/quarter"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

//go:generate go tool templ generate

//go:embed page.css
var css string

// New makes the handler of /h/{token}. The page is the same for any token, known,
// unknown or revoked, so it asks nobody and says nothing of anybody.
func New() (http.Handler, error) {
	var page bytes.Buffer
	if err := cardPage().Render(context.Background(), &page); err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		guard(w.Header())
		_, _ = w.Write(page.Bytes()) // who asked may be gone
	}), nil
}

// Sheets finds a sheet by its check code; NotFound where there is none.
type Sheets interface {
	SheetCheck(ctx context.Context, code string) (script.SheetCheck, error)
}

// Check makes the handler of /n/{code}: whether a sheet on the wall is what was
// published (PRODUCT 5). It names no household.
func Check(sheets Sheets, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, err := sheets.SheetCheck(r.Context(), quarter.ReadCode(r.PathValue("code")))
		status, shown := http.StatusOK, &found
		switch {
		case fault.CodeOf(err) == fault.NotFound:
			status, shown = http.StatusNotFound, nil
		case err != nil:
			log.Error("a sheet was not checked", "error", err)
			w.Header().Set("Retry-After", "5")
			http.Error(w, strings.ReplaceAll(script.Sorry, "\n", ""), http.StatusServiceUnavailable)
			return
		}
		var page bytes.Buffer
		if err := checkPage(shown).Render(r.Context(), &page); err != nil {
			log.Debug("the check of a sheet was not written", "error", err)
			return
		}
		guard(w.Header())
		w.WriteHeader(status)
		_, _ = w.Write(page.Bytes()) // who asked may be gone
	})
}

func style() templ.Component { return templ.Raw("<style>" + css + "</style>") }

// policy lets a browser show a page and its style, and run nothing.
var policy = func() string {
	sum := sha256.Sum256([]byte(css))
	return "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}()

// guard lets a browser run nothing and keep nothing.
func guard(header http.Header) {
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
}
