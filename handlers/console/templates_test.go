package console_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// TestTemplatesAreGenerated: what was committed beside each template is what it
// makes. Otherwise run make generate.
func TestTemplatesAreGenerated(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*/*.templ")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v; want the templates", files, err)
	}
	for _, file := range files {
		page, err := parser.Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		var made bytes.Buffer
		if _, err := generator.Generate(page, &made, generator.WithVersion(templ.Version()), generator.WithFileName(filepath.Base(file))); err != nil {
			t.Fatal(err)
		}
		want, err := format.Source(made.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(strings.TrimSuffix(file, ".templ") + "_templ.go")
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s was changed and not generated: %v", file, err)
		}
	}
}
