package mini_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestOpenAPI: the description is served to everybody, names every address with
// what it takes and how it refuses, and leads nowhere else.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func(path string) answer {
		return w.do(httptest.NewRequest(http.MethodGet, path, nil))
	}
	got := get("/api/openapi.json")
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary    string
			Security   []any
			Parameters []struct{ Name, In string }
			Responses  map[string]any
		}
	}
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil || got.status != http.StatusOK || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("%d, %v: %.200s", got.status, err, got.body)
	}
	if strings.Contains(got.body, "unpkg") || strings.Contains(got.body, "$schema") {
		t.Error("it leads elsewhere")
	}
	described := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			described++
			keyed := false
			for _, p := range op.Parameters {
				keyed = keyed || p.In == "header" && p.Name == "Idempotency-Key"
			}
			signedIn := len(op.Security) > 0
			if op.Summary == "" || keyed != (signedIn && method != "get") || op.Responses["200"] == nil {
				t.Errorf("%s %s: %+v", method, path, op)
			}
		}
	}
	if described != len(addresses(w.API)) || described < 39 {
		t.Errorf("%d are described", described)
	}
	for _, path := range []string{"/api/docs", "/docs", "/api/schemas/MeBody.json", "/api/v1/", "/api/"} {
		if got := get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
