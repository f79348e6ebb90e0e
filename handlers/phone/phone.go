// Package phone serves the browser's build of the client under /m/. It is made
// from miniprogram/ and committed, so that the program needs Go alone.
package phone

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var built embed.FS

// policy lets the client load from this server only. Its framework writes
// style attributes, pictures wait on the phone as blobs, and the demo page
// shows it in a frame.
const policy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; " +
	"connect-src 'self' data: blob:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'; object-src 'none'"

// Handler serves the build below /m/. A file under assets has its content's
// hash in its name and is kept by browsers for a year; all others are asked
// for each time.
func Handler() http.Handler {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	files := http.StripPrefix("/m/", http.FileServerFS(dist))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
		header.Set("Cache-Control", "no-cache")
		name, inside := strings.CutPrefix(path.Clean(r.URL.Path), "/m/")
		if inside && strings.HasPrefix(name, "assets/") && isFile(dist, name) {
			header.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		if inside && !isFile(dist, name) {
			http.NotFound(w, r)
			return
		}
		files.ServeHTTP(w, r)
	})
}

// isFile keeps folders from being listed.
func isFile(dist fs.FS, name string) bool {
	info, err := fs.Stat(dist, name)
	return err == nil && !info.IsDir()
}
