package demo

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"time"
)

//go:embed page.html app.css app.js mini.js
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// suggestions are what a newcomer may send with one tap: the words of the help,
// and a few as people really type them.
var suggestions = []string{"积分", "明细", "排名", "公示", "更多", "换户", "帮助", "鸡分", "我屋头好多分", "排第几"}

// group is a heading and who stands under it.
type group struct {
	Name   string
	People []Person
}

// grouped keeps the order in which groups and people first come.
func grouped(people []Person) []group {
	var groups []group
	place := make(map[string]int)
	for _, p := range people {
		i, known := place[p.Group]
		if !known {
			i = len(groups)
			place[p.Group] = i
			groups = append(groups, group{Name: p.Group})
		}
		groups[i].People = append(groups[i].People, p)
	}
	return groups
}

func servingFirst(people []Person) []Person {
	rank := map[bool]int{true: 0, false: 1}
	return slices.SortedStableFunc(slices.Values(people), func(a, b Person) int { return rank[a.Team] - rank[b.Team] })
}

// page writes the page once; it is the same for everybody.
func (h *handler) page() http.HandlerFunc {
	var b bytes.Buffer
	err := page.Execute(&b, struct {
		Groups      []group // of the chat's phone
		Holders     []group // of the Mini Program's: who serves stands first
		Menu        []MenuEntry
		Suggestions []string
	}{grouped(h.people), grouped(servingFirst(h.people)), h.menu, suggestions})
	return func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
	}
}

func file(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) }
}
