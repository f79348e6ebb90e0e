// Package mini is the Mini Program's API: JSON under /api/v1, described at
// /api/openapi.json. Each handler finds who asks, whether they may, carries out
// one use case and renders; what all have in common is in serve.go.
package mini

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	act "github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase/screen"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// WeChat tells who somebody is. A code is good once; one that WeChat refuses is
// ErrCode, any other error that it could not be asked.
type WeChat interface {
	Login(ctx context.Context, code string) (login.Identity, error)
	PhoneNumber(ctx context.Context, code string) (string, error)
}

// Sessions are who is signed in, and how their writes were answered.
type Sessions interface {
	// PhoneSession refuses with NotFound a token that is none at now.
	PhoneSession(ctx context.Context, token [32]byte, now time.Time) (login.Held, error)
	// SeenPhone keeps which phone, "" for one that does not say, holds what.
	SeenPhone(ctx context.Context, token [32]byte, phone string, u login.Unsent, now time.Time) error
	EndPhone(ctx context.Context, token [32]byte) error
	// Answered refuses with NotFound a key that nothing was answered under.
	Answered(ctx context.Context, key string) (script.Answer, error)
	// KeepAnswer returns the answer of who was first under the key.
	KeepAnswer(ctx context.Context, key string, a script.Answer, now time.Time) (script.Answer, error)
}

// Reader reads what the pages show. What is not there is NotFound.
type Reader interface {
	Me(context.Context, household.PersonID) (script.Me, error)
	VillageOf(context.Context, village.ID) (village.Village, error)
	HouseholdOf(context.Context, household.ID) (household.Household, error)
	// StandingOf, LinesOf and RowsOf are about a household of the person's own.
	StandingOf(context.Context, household.PersonID, household.ID) (script.Standing, error)
	LinesOf(context.Context, household.PersonID, household.ID, ask.Query) (script.Lines, error)
	RowsOf(context.Context, household.PersonID, household.ID) ([]script.Row, error)
	ItemsOf(ctx context.Context, v village.ID, year int) ([]catalogue.Item, error)
	// Often are the codes of what the village recorded most since a day.
	Often(ctx context.Context, v village.ID, since calendar.Date, n int) ([]string, error)
	Phones(ctx context.Context, v village.ID, now time.Time) ([]script.Phone, error)
	TeamOf(context.Context, village.ID) ([]script.Colleague, error)
	// Barred are the person's own households and those of kin.
	Barred(context.Context, household.PersonID) (map[household.ID]script.Relation, error)

	// Door is the household that a card belongs to, as one of the team or its own
	// people stand before it, with why it cannot be recorded there. For others
	// the card belongs to none.
	Door(context.Context, household.PersonID, act.Target) (d script.Door, why fault.Code, err error)
	Doors(context.Context, village.ID) ([]script.Door, error)
	RecordOf(context.Context, record.RecordID) (script.Record, error)
	Recorded(ctx context.Context, by household.PersonID, v village.ID, page script.Page) (records []script.Record, more bool, err error)
	VisitsLeft(ctx context.Context, v village.ID, month calendar.Date) (script.Visits, error)
	Asides(context.Context, village.ID) ([]script.Aside, error)
	Declarations(context.Context, village.ID) ([]script.Declaration, error)
	DeclarationsOf(context.Context, household.ID) ([]script.Declaration, error)
	Warnings(context.Context, village.ID) ([]script.Warning, error)
	WarningsOf(context.Context, household.ID) ([]script.Warning, error)
	Waits(ctx context.Context, v village.ID, today calendar.Date) (script.Waits, error)
	// Waiting are the requests to be bound that somebody may decide, by a login.Key.
	Waiting(ctx context.Context, key string, now time.Time) ([]script.Asking, error)
	Photos(ctx context.Context, hashes []string) (map[string]script.Picture, error)
	// Unseen are a village's pictures that wait for a person, the oldest first;
	// CountUnseen counts those that somebody did not hand in.
	Unseen(ctx context.Context, v village.ID, now time.Time, limit int) ([]script.Unseen, error)
	CountUnseen(ctx context.Context, v village.ID, who household.PersonID, now time.Time) (int, error)
	// Untold is what became of a village's notices of an occasion, of its newest
	// sheet's where that is empty.
	Untold(ctx context.Context, v village.ID, occasion string) (script.Untold, error)
	// Alike are the events whose evidence is the picture or one that looks alike.
	Alike(ctx context.Context, hash string) ([]script.Alike, error)
}

// Ports are what the API needs; all of them but Answered and Log. Without
// Words.Ask no words are checked.
type Ports struct {
	WeChat    WeChat
	Sessions  Sessions
	Read      Reader
	Enter     login.Enter
	Phone     login.Phone
	Desk      enrol.Desk
	Choose    login.Choose
	Acts      Acts
	Disputes  Objections
	Quarters  Quarters
	Closing   Closing
	Assessing Assessing
	Photos    Photographer
	Judge     keep.Judge
	// Supervision is what looks wrong about quarters.
	Supervision Supervision
	Words       screen.Words
	Look        door.Look
	Confirm     door.Confirm
	// Allow counts one more write of a person.
	Allow func(ctx context.Context, key string) (ok bool, retry time.Duration)
	// Answered counts an answer by its address and status, and how long it took;
	// nil counts nothing.
	Answered func(address string, status int, took time.Duration)
	IDs      web.IDs
	Now      func() time.Time // the product's clock
	Log      *slog.Logger
}

// API answers the Mini Program.
type API struct {
	Ports
	mux    *http.ServeMux
	huma   huma.API
	routes map[string]route // by the pattern of the mux
}

// route is what serve.go has to know of an address before it is answered.
type route struct {
	public bool // needs no session
	write  bool // needs an Idempotency-Key
	upload bool // takes a file
	// joins tells that the caller may have become another person by the first try.
	joins bool
}

// Prefix is where the API lives.
const Prefix = "/api/v1"

// New makes the API.
func New(p Ports) *API {
	prepare()
	config := huma.DefaultConfig("乡风积分", "1")
	config.OpenAPIPath, config.DocsPath, config.SchemasPath, config.CreateHooks = "/api/openapi", "", "", nil
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	a := &API{Ports: p, mux: http.NewServeMux(), routes: map[string]route{}}
	if a.Log == nil {
		a.Log = slog.Default()
	}
	if a.Answered == nil {
		a.Answered = func(string, int, time.Duration) {}
	}
	a.huma = humago.New(a.mux, config)
	for _, path := range []string{".json", ".yaml", "-3.0.json", "-3.0.yaml"} {
		a.routes["GET "+config.OpenAPIPath+path] = route{public: true}
	}
	a.people()
	a.mine()
	a.village()
	a.team()
	a.records()
	a.deeds()
	a.disputes()
	a.photos()
	a.judging()
	a.console()
	a.alarming()
	a.quarters()
	a.assessing()
	a.untolds()
	return a
}

// OpenAPI is the description that is served.
func (a *API) OpenAPI() *huma.OpenAPI { return a.huma.OpenAPI() }

// prepare settles for the whole process how the library words its own refusals:
// with nothing of what was sent, and nothing of what went wrong inside.
var prepare = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		switch status {
		case http.StatusRequestEntityTooLarge:
			return web.TooLarge()
		case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
			return web.WrongType()
		}
		if status >= http.StatusInternalServerError {
			return web.Busy()
		}
		return web.Invalid()
	}
})

// output is an answer with a body.
type output[B any] struct{ Body B }

// answer is how an address is answered.
type answer[I, B any] func(ctx context.Context, c caller, in *I) (B, error)

// on registers an address of somebody who is signed in; a write where the method
// is not GET.
func on[I, B any](a *API, method, path, summary string, do answer[I, B]) {
	register(a, huma.Operation{Method: method, Path: Prefix + path, Summary: summary, Security: []map[string][]string{{"token": {}}}},
		route{write: method != http.MethodGet}, do)
}

// open registers an address that needs no session.
func open[I, B any](a *API, method, path, summary string, do answer[I, B]) {
	register(a, huma.Operation{Method: method, Path: Prefix + path, Summary: summary}, route{public: true}, do)
}

func register[I, B any](a *API, op huma.Operation, r route, do answer[I, B]) {
	a.routes[op.Method+" "+op.Path] = r
	op.OperationID = huma.GenerateOperationID(op.Method, op.Path, output[B]{})
	op.MaxBodyBytes = maxBody + 1
	op.Errors = []int{400, 401, 403, 404, 409, 413, 415, 422, 429, 503}
	if r.write {
		op.Parameters = append(op.Parameters, keyParameter())
	}
	if !r.public {
		op.Parameters = append(op.Parameters, phoneParameters()...)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*output[B], error) {
		body, err := do(ctx, callerOf(ctx), in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return &output[B]{body}, nil
	})
}

// keyParameter describes the key of a write, which serve.go takes.
func keyParameter() *huma.Param {
	shortest, longest := 8, 64
	return &huma.Param{
		Name: keyHeader, In: "header", Required: true, Description: "made on the phone; the same write has the same",
		Schema: &huma.Schema{Type: huma.TypeString, MinLength: &shortest, MaxLength: &longest, Pattern: "^[A-Za-z0-9-]+$"},
	}
}

// phoneParameters describe what a phone says of itself, which serve.go takes.
func phoneParameters() (all []*huma.Param) {
	for _, h := range [][2]string{
		{ofPerson, "the id of me that the request is meant of; with another's nothing is done: 409 other_person"},
		{ofPhone, "8 to 64 letters, digits and dashes, for ever the same on one phone"},
		{"X-Unsent", "how much the phone has not sent yet"},
		{"X-Unsent-Since", "since when, RFC 3339"},
	} {
		all = append(all, &huma.Param{Name: h[0], In: "header", Description: h[1], Schema: &huma.Schema{Type: huma.TypeString}})
	}
	return all
}

// problem is what an error means to who asked. What they cannot help goes to the
// log, and they are told to come again.
func (a *API) problem(ctx context.Context, err error) *web.Problem {
	if p := web.ProblemOf(err); p != nil {
		return p
	}
	if ctx.Err() == nil {
		a.Log.Error("a request was not answered", "error", err)
	}
	return web.Busy()
}
