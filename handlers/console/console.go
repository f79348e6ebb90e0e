// Package console is the web console, rendered here: its door with the code
// that a phone confirms, and the sheets of cards to print.
package console

import (
	"context"
	"embed"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

//go:generate go tool templ generate

// Reads is what the pages show.
type Reads interface {
	CardVillages(context.Context) ([]script.CardVillage, error)
	CardHomes(context.Context, village.ID) ([]script.CardHome, error)
	StaffOf(context.Context, household.PersonID) (household.Staff, error)
	PersonName(context.Context, household.PersonID) (string, error)
}

// Options are what the console is made of.
type Options struct {
	Read    Reads
	Ask     door.Ask
	Watch   door.Watch
	Enter   door.Enter
	Accept  door.Accept
	Gate    door.Gate
	Revoke  cards.Revoke
	Reissue cards.Reissue
	Press   Press
	// Quarters, Closing and Assessing are the villages' quarters and what is
	// done about them.
	Quarters  Quarters
	Closing   Closing
	Assessing Assessing
	Disputes  Disputes
	Objecting Objecting
	// Album finds pictures, and Show tells where one is seen for some minutes.
	Album Album
	Show  func(hash string) (url, thumb string)
	// Table writes a wall sheet as a workbook.
	Table func(io.Writer, script.Wall) error
	// Clean refuses words that must not be shown; nil refuses none.
	Clean func(ctx context.Context, cmd usecase.Command, words ...string) error
	IDs   web.IDs
	Now   func() time.Time
	Log   *slog.Logger
}

type handler struct{ Options }

//go:embed static
var static embed.FS

// New makes the handler of everything under /console/.
func New(o Options) http.Handler {
	h := &handler{o}
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic("console: the static files are not embedded: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /console/static/", http.StripPrefix("/console/static/", http.FileServerFS(files)))
	mux.HandleFunc("GET /console/{$}", h.inside(h.villages))
	mux.HandleFunc("GET /console/villages/{village}", h.inside(h.cards))
	const quarters = "/console/villages/{village}/quarters"
	mux.HandleFunc("GET "+quarters, h.at(usecase.SeeTeam, h.quarters))
	mux.HandleFunc("GET "+quarters+"/{quarter}", h.atQuarter(usecase.SeeTeam, h.state))
	mux.HandleFunc("POST "+quarters+"/{quarter}/sign", h.atQuarter(usecase.Sign, h.sent(h.sign)))
	mux.HandleFunc("POST "+quarters+"/{quarter}/publish", h.atQuarter(usecase.Publish, h.sent(h.publish)))
	mux.HandleFunc("POST "+quarters+"/{quarter}/withdraw", h.atQuarter(usecase.SeeTeam, h.sent(h.takeDown)))
	mux.HandleFunc("POST "+quarters+"/{quarter}/override", h.atQuarter(usecase.Consent, h.sent(h.override)))
	mux.HandleFunc("GET "+quarters+"/{quarter}/assess", h.atQuarter(usecase.SeeTeam, h.desk))
	mux.HandleFunc("POST "+quarters+"/{quarter}/assess", h.atQuarter(usecase.Confirm, h.sent(h.assess)))
	mux.HandleFunc("POST "+quarters+"/{quarter}/assess/alarms/{alarm}", h.atQuarter(usecase.SeeAlarms, h.sent(h.closeAlarm)))
	mux.HandleFunc("GET "+quarters+"/{quarter}/wall", h.atQuarter(usecase.SeeTeam, h.wall))
	mux.HandleFunc("GET "+quarters+"/{quarter}/wall.xlsx", h.atQuarter(usecase.SeeTeam, h.table))
	const disputes = "/console/villages/{village}/disputes"
	mux.HandleFunc("GET "+disputes, h.at(usecase.SeeTeam, h.disputes))
	mux.HandleFunc("GET "+disputes+"/{dispute}", h.at(usecase.SeeTeam, h.dispute))
	mux.HandleFunc("POST "+disputes+"/{dispute}/{act}", h.at(usecase.DecideDispute, h.actOnDispute))
	mux.HandleFunc("GET /console/villages/{village}/untold", h.at(usecase.SeeAlarms, h.untold))
	mux.HandleFunc("GET /console/townships/{township}/summary", h.inside(h.summary))
	mux.HandleFunc("POST /console/cards/revoke", h.inside(h.revoke))
	mux.HandleFunc("POST /console/cards/reissue", h.inside(h.reissue))
	mux.HandleFunc("POST /console/leave", h.leave)
	mux.HandleFunc("GET /console/door", h.door)
	mux.HandleFunc("POST /console/door", h.ask)
	mux.HandleFunc("GET /console/door/state", h.doorState)
	mux.HandleFunc("GET /console/door/{code}", h.scanned)
	mux.HandleFunc("POST /console/enter", h.enter)
	mux.HandleFunc("GET /console/first/{code}", h.link)
	mux.HandleFunc("POST /console/first", h.first)
	mux.HandleFunc("/console/", func(w http.ResponseWriter, r *http.Request) { h.refuse(w, r, fault.Refuse(fault.NotFound)) })
	return h.guarded(mux)
}

// maxForm is the longest form, in bytes.
const maxForm = 8 << 10

// guarded refuses writes that another site's page makes, and tells browsers to
// run nothing but the console's own files and to keep nothing.
func (h *handler) guarded(next http.Handler) http.Handler {
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.render(w, r, http.StatusForbidden, messagePage(script.ConsoleName, "", script.ForeignPage))
	}))
	next = own.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; "+
			"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

func (h *handler) render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := c.Render(r.Context(), w); err != nil {
		h.Log.Debug("a console page was not written", "error", err)
	}
}

// statuses are how refusals stand in HTTP; anything else is that something
// behind the page failed.
var statuses = map[fault.Code]int{
	fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden,
	fault.Invalid: http.StatusBadRequest,
}

func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	code := fault.CodeOf(err)
	status, known := statuses[code]
	if !known {
		status = http.StatusServiceUnavailable
		h.Log.Error("a console page failed", "path", r.Pattern, "error", err)
	}
	h.render(w, r, status, messagePage(script.ConsoleName, "", script.ConsoleSays(code)))
}
