package web

import (
	"errors"
	"io"
	"net/http"
)

// ReadBody takes the whole body, which may be neither compressed nor longer
// than limit bytes.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if Encoded(r) {
		return nil, WrongType()
	}
	if r.ContentLength > limit {
		return nil, TooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, TooLarge()
	case err != nil:
		return nil, Invalid()
	}
	return body, nil
}

// Encoded tells whether the body is compressed, which no address takes.
func Encoded(r *http.Request) bool {
	coding := r.Header.Get("Content-Encoding")
	return coding != "" && coding != "identity"
}
