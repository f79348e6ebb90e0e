package mini

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/handlers/web"
)

// ErrCode is a code that WeChat does not know, or that was used.
var ErrCode = errors.New("mini: WeChat refuses the code")

// people registers who one is and how one comes in.
func (a *API) people() {
	open(a, http.MethodPost, "/login", "sign in with a code of WeChat", a.login)
	register(a, huma.Operation{Method: http.MethodPost, Path: Prefix + "/logout", Summary: "sign out"}, route{public: true}, a.logout)
	on(a, http.MethodGet, "/me", "who I am and what I may do", a.me)
	on(a, http.MethodPut, "/me/settings", "choose the size of letters and the household shown first", a.settings)
	on(a, http.MethodPost, "/me/consent", "agree to the privacy terms", a.consent)
	joining(a, "/link/phone", "come to a household by the telephone that WeChat vouches for", a.linkPhone)
	joining(a, "/link/card", "come to a household by its card", a.linkCard)
}

// joining registers a write after which the caller may be another person.
func joining[I, B any](a *API, path, summary string, do answer[I, B]) {
	register(a, huma.Operation{Method: http.MethodPost, Path: Prefix + path, Summary: summary, Security: []map[string][]string{{"token": {}}}},
		route{write: true, joins: true}, do)
}

// homeBody is a household as its people and the team read of it.
type homeBody struct {
	ID        string `json:"id"`
	Number    string `json:"number"`
	Head      string `json:"head"`
	Village   string `json:"village,omitempty"`
	VillageID string `json:"village_id,omitempty"`
}

func (a *API) home(h script.Home) homeBody {
	return homeBody{ID: a.IDs.Seal(web.Household, int64(h.ID)), Number: h.Number, Head: h.Head}
}

type myHomeBody struct {
	homeBody
	Current bool `json:"current"`
}

type villageBody struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Township string   `json:"township"`
	Roles    []string `json:"roles"`
	Deeds    []string `json:"deeds"`
}

type placeBody struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type consentBody struct {
	Version string `json:"version" doc:"of the terms that hold now"`
	Given   bool   `json:"given"`
}

type meBody struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Bound      bool          `json:"bound"`
	Households []myHomeBody  `json:"households"`
	Helped     []homeBody    `json:"helped" doc:"the households that I help, and may object for"`
	Villages   []villageBody `json:"villages"`
	Townships  []placeBody   `json:"townships" doc:"whose office the person is of, or which they audit"`
	Scale      float64       `json:"scale" doc:"size of the letters, 1 to 1.6"`
	Consent    consentBody   `json:"consent"`
	Needs      []string      `json:"needs" enum:"phone,consent"`
}

// meOf renders a person.
func (a *API) meOf(ctx context.Context, p household.PersonID) (meBody, error) {
	me, err := a.Read.Me(ctx, p)
	if err != nil {
		return meBody{}, err
	}
	body := meBody{
		ID: a.IDs.Seal(web.Person, int64(p)), Name: me.Name, Bound: len(me.Homes) > 0,
		Households: []myHomeBody{}, Helped: []homeBody{}, Villages: []villageBody{}, Townships: []placeBody{},
		Scale: float64(me.Scale) / 100, Consent: consentBody{script.Terms, me.Consent == script.Terms}, Needs: []string{},
	}
	for _, h := range me.Homes {
		home := a.home(h.Home)
		home.Village, home.VillageID = h.Place.Name, a.IDs.Seal(web.Village, int64(h.Place.Village))
		body.Households = append(body.Households, myHomeBody{home, h.Current})
	}
	for _, h := range me.Helped {
		if today := calendar.DateOf(a.Now()); !h.Until.Before(today) {
			body.Helped = append(body.Helped, a.home(h.Home))
		}
	}
	for _, v := range me.Villages {
		body.Villages = append(body.Villages, a.myVillage(p, v))
		t := placeBody{a.IDs.Seal(web.Township, int64(v.Village.Township)), v.TownshipName}
		office := slices.Contains(v.Roles, household.Officer) || slices.Contains(v.Roles, household.Auditor)
		if office && !slices.Contains(body.Townships, t) {
			body.Townships = append(body.Townships, t)
		}
	}
	if !body.Bound && len(me.Villages) == 0 {
		body.Needs = append(body.Needs, "phone")
	}
	if !body.Consent.Given {
		body.Needs = append(body.Needs, "consent")
	}
	return body, nil
}

func (a *API) myVillage(p household.PersonID, v script.MyVillage) villageBody {
	body := villageBody{
		ID: a.IDs.Seal(web.Village, int64(v.ID)), Name: v.Name, Township: v.TownshipName, Roles: []string{}, Deeds: []string{},
	}
	staff := household.Staff{Person: p}
	for _, r := range v.Roles {
		body.Roles = append(body.Roles, string(r))
		staff.Posts = append(staff.Posts, household.Post{Person: p, Role: r, Village: v.ID})
	}
	for _, d := range (usecase.Access{Staff: staff, Village: v.Village}).Deeds() {
		body.Deeds = append(body.Deeds, string(d))
	}
	return body
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"256"`
	}
}

type loginBody struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
	Me        meBody    `json:"me"`
}

func (a *API) login(ctx context.Context, c caller, in *codeInput) (loginBody, error) {
	id, err := a.WeChat.Login(ctx, in.Body.Code)
	if err != nil {
		return loginBody{}, codeProblem(err)
	}
	token, hash := web.NewToken()
	c.cmd.Key = "login|" + token[:22] // no act has this key but this one
	out, err := done(a.Enter.Do(ctx, c.cmd, id, hash))
	if err != nil {
		return loginBody{}, err
	}
	if err := a.replace(ctx, c, household.PersonID(out.ID)); err != nil {
		return loginBody{}, err
	}
	me, err := a.meOf(ctx, household.PersonID(out.ID))
	return loginBody{token, c.cmd.Now.Add(login.Life).UTC().Truncate(time.Second), me}, err
}

// replace ends the session that a phone shows while the same person signs in on
// it again, so that what it said to hold is not counted twice.
func (a *API) replace(ctx context.Context, c caller, p household.PersonID) error {
	old, err := a.Sessions.PhoneSession(ctx, c.token, c.cmd.Now)
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return nil
	case err != nil || old.Person.ID != p:
		return err
	}
	return a.Sessions.EndPhone(ctx, c.token)
}

func codeProblem(err error) error {
	if errors.Is(err, ErrCode) {
		return web.NewProblem(http.StatusUnprocessableEntity, fault.WrongCode, fault.Facts{})
	}
	return err
}

// done turns a refusal that was kept into the error that answers it.
func done(out fault.Outcome, err error) (fault.Facts, error) {
	if err == nil && out.Refused() {
		err = fault.With(out.Code, out.Facts)
	}
	return out.Facts, err
}

// linkedBy is done for a way to a household, with its own words where there are.
func linkedBy(words func(fault.Code) string) func(fault.Outcome, error) (fault.Facts, error) {
	return func(out fault.Outcome, err error) (fault.Facts, error) {
		if err != nil || !out.Refused() {
			return out.Facts, err
		}
		return out.Facts, saying(out, words(out.Code))
	}
}

// cured is done for an act whose refusals have words of their own. What is
// missing and what is foreign look alike.
func cured(out fault.Outcome, err error, words string) (fault.Facts, error) {
	if err != nil || !out.Refused() {
		return out.Facts, err
	}
	if out.Code == fault.NotFound {
		words = ""
	}
	return out.Facts, saying(out, words)
}

// saying is the problem of a refusal that was kept, in words of its own where
// there are.
func saying(out fault.Outcome, words string) *web.Problem {
	p := web.Refused(out.Code, out.Facts)
	p.Message = cmp.Or(words, p.Message)
	return p
}

type okBody struct {
	OK bool `json:"ok"`
}

func (a *API) logout(ctx context.Context, c caller, _ *struct{}) (okBody, error) {
	return okBody{true}, a.Sessions.EndPhone(ctx, c.token)
}

func (a *API) me(ctx context.Context, c caller, _ *struct{}) (meBody, error) {
	return a.meOf(ctx, c.person())
}

type settingsInput struct {
	Body struct {
		Scale     float64 `json:"scale,omitempty" minimum:"1" maximum:"1.6"`
		Household string  `json:"household,omitempty" maxLength:"64"`
	}
}

func (a *API) settings(ctx context.Context, c caller, in *settingsInput) (meBody, error) {
	var h int64
	if in.Body.Household != "" {
		var ok bool
		if h, ok = a.IDs.Open(web.Household, in.Body.Household); !ok {
			return meBody{}, web.NotFound()
		}
	}
	if _, err := done(a.Choose.Do(ctx, c.cmd, int(math.Round(in.Body.Scale*100)), household.ID(h))); err != nil {
		return meBody{}, err
	}
	return a.meOf(ctx, c.person())
}

type consentInput struct {
	Body struct {
		Version string `json:"version" minLength:"1" maxLength:"32"`
	}
}

func (a *API) consent(ctx context.Context, c caller, in *consentInput) (meBody, error) {
	if in.Body.Version != script.Terms {
		return meBody{}, web.Invalid()
	}
	if _, err := done(a.Choose.Agree(ctx, c.cmd, in.Body.Version)); err != nil {
		return meBody{}, err
	}
	return a.meOf(ctx, c.person())
}

type linkBody struct {
	Me    meBody `json:"me"`
	Asked bool   `json:"asked" doc:"somebody of the household or the team has to approve first"`
}

func (a *API) linkPhone(ctx context.Context, c caller, in *codeInput) (linkBody, error) {
	phone, err := a.WeChat.PhoneNumber(ctx, in.Body.Code)
	if err != nil {
		return linkBody{}, codeProblem(err)
	}
	facts, err := linkedBy(script.ByPhone)(a.Phone.Do(ctx, c.cmd, c.person(), phone))
	if err != nil {
		return linkBody{}, err
	}
	me, err := a.meOf(ctx, household.PersonID(facts.ID))
	return linkBody{Me: me}, err
}

type cardInput struct {
	Body struct {
		Card   string `json:"card" minLength:"8" maxLength:"64"`
		Digits string `json:"digits" pattern:"^[0-9]{4}$"`
	}
}

func (a *API) linkCard(ctx context.Context, c caller, in *cardInput) (linkBody, error) {
	out, _, err := a.Desk.Come(ctx, c.cmd, login.Key(c.held.Person), enrol.ClaimOf(in.Body.Card), in.Body.Digits)
	facts, err := linkedBy(script.ByCard)(out, err)
	if err != nil {
		return linkBody{}, err
	}
	me, err := a.meOf(ctx, c.person())
	return linkBody{me, facts.Note == enrol.ByHome}, err
}
