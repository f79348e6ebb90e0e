package mini

import (
	"context"
	"net/http"
	"time"
)

// console registers the door of the web console, which a phone opens.
func (a *API) console() {
	on(a, http.MethodGet, "/console/{code}", "which browser a scanned code lets in", a.lookConsole)
	on(a, http.MethodPost, "/console/{code}/confirm", "let the browser in", a.confirmConsole)
}

type consoleInput struct {
	Code string `path:"code" maxLength:"64"`
}

type consoleBody struct {
	Browser string    `json:"browser"`
	Place   string    `json:"place"`
	AskedAt time.Time `json:"asked_at"`
}

func (a *API) lookConsole(ctx context.Context, c caller, in *consoleInput) (consoleBody, error) {
	asking, err := a.Look.Do(ctx, c.person(), in.Code, c.cmd.Now)
	return consoleBody{asking.Browser, asking.Place, asking.AskedAt}, err
}

func (a *API) confirmConsole(ctx context.Context, c caller, in *consoleInput) (okBody, error) {
	_, err := done(a.Confirm.Do(ctx, c.cmd, in.Code))
	return okBody{true}, err
}
