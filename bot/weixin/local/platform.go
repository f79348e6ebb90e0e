// Package local is a local WeChat: the platform's side of the wire, for the demo page and for tests of the product.
//
// A WeChat is one official account in safe mode with the people around it. It serves the platform's API (it is an
// http.Handler), and when a person does something on the phone it pushes the encrypted packet to the account's
// callback, repeats it as the platform does, and judges the answer as strictly as the platform documents. Because it
// judges, it shares no code with the receiver: signature, cipher and XML are written again here from the
// documentation. Faults of the platform are switched on by Break, SetDailyQuota and by crafted packets.
package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Config is what the official account's console holds, and how the local platform behaves.
type Config struct {
	AppID          string // wx and 16 letters or digits
	OriginalID     string // gh_…, the account's name inside packets
	Secret         string // 32 letters or digits
	Token          string // 3 to 32 letters or digits
	EncodingAESKey string // 43 letters or digits
	CallbackURL    string // http or https
	// IPWhitelist holds the addresses that may ask for a token; empty allows all.
	IPWhitelist []string
	// Now is the platform's clock; nil is the machine's.
	Now func() time.Time
	// TokenLife is how long an access_token lives: more than 5 minutes, 0 is the platform's 2 hours.
	TokenLife time.Duration
	// Cut is how long an attempt may take before the connection is cut; 0 is the platform's 5 seconds.
	Cut time.Duration
	// Attempts is how often one push is tried in all; 0 is the platform's 3.
	Attempts int
	// HTTPClient reaches the callback; nil is one of its own. Redirects are never followed.
	HTTPClient *http.Client
}

// WeChat is one official account on the local platform. All its methods may be called at the same time.
type WeChat struct {
	cfg    Config
	key    aesKey
	client *http.Client

	mu     sync.Mutex // guards everything below
	people map[string]*person
	order  []string // openids as they were added
	msgID  int64
	lineID int64

	issued        []*accessToken
	stable, plain *accessToken // the newest of either kind
	forcedAt      time.Time
	forcedDay     string
	forces        int

	usage  map[string]*usage
	faults []*Fault
	quotas map[string]int // SetDailyQuota's, "" for every path
	traces journal
}

var (
	appIDForm    = regexp.MustCompile(`^wx[0-9a-z]{16}$`)
	originalForm = regexp.MustCompile(`^gh_[0-9a-z]+$`)
	secretForm   = regexp.MustCompile(`^[0-9A-Za-z]{32}$`)
	tokenForm    = regexp.MustCompile(`^[0-9A-Za-z]{3,32}$`)
	aesKeyForm   = regexp.MustCompile(`^[0-9A-Za-z]{43}$`)
)

// New opens the account, or returns everything the console would refuse in cfg, joined into one error.
func New(cfg Config) (*WeChat, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("local WeChat: %w", err)
	}
	cfg.fill()
	key, err := parseKey(cfg.EncodingAESKey)
	if err != nil {
		return nil, fmt.Errorf("local WeChat: %w", err)
	}
	return &WeChat{
		cfg: cfg, key: key, client: pushClient(cfg.HTTPClient),
		people: map[string]*person{}, usage: map[string]*usage{}, quotas: map[string]int{},
		msgID: randomStart(), traces: newJournal(cfg.Secret),
	}, nil
}

func (c Config) check() error {
	var problems []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	refuse(!appIDForm.MatchString(c.AppID), "AppID %q: want wx and 16 letters or digits", c.AppID)
	refuse(!originalForm.MatchString(c.OriginalID), "OriginalID %q: want gh_…", c.OriginalID)
	refuse(!secretForm.MatchString(c.Secret), "Secret: want 32 letters or digits")
	refuse(!tokenForm.MatchString(c.Token), "Token: want 3 to 32 letters or digits")
	refuse(!aesKeyForm.MatchString(c.EncodingAESKey), "EncodingAESKey: want 43 letters or digits")
	u, err := url.Parse(c.CallbackURL)
	refuse(err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"), "CallbackURL %q: want http or https", c.CallbackURL)
	refuse(c.TokenLife != 0 && c.TokenLife <= overlap, "TokenLife %v: want more than %v", c.TokenLife, overlap)
	refuse(c.Cut < 0 || c.Attempts < 0, "Cut and Attempts must not be negative")
	return errors.Join(problems...)
}

func (c *Config) fill() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.TokenLife == 0 {
		c.TokenLife = 2 * time.Hour
	}
	if c.Cut == 0 {
		c.Cut = 5 * time.Second
	}
	if c.Attempts == 0 {
		c.Attempts = 3
	}
}

// Close drops the idle connections to the callback. The account can still be used.
func (w *WeChat) Close() { w.client.CloseIdleConnections() }

// call is one API request as an endpoint sees it.
type call struct {
	now   time.Time
	query url.Values
	body  []byte
	ip    string
}

// endpoint is one path of the platform's API. A further one is a line in the table below and a method.
type endpoint struct {
	method    string
	needToken bool
	daily     int // calls a day, Shanghai time
	minute    int // calls a minute, 0 is no limit
	answer    func(*WeChat, call) any
}

var endpoints = map[string]endpoint{
	"/cgi-bin/token":               {method: http.MethodGet, daily: 2000, answer: (*WeChat).plainToken},
	"/cgi-bin/stable_token":        {method: http.MethodPost, daily: 500_000, minute: 10_000, answer: (*WeChat).stableToken},
	"/cgi-bin/user/info":           {method: http.MethodGet, needToken: true, daily: 5_000_000, answer: (*WeChat).userInfo},
	"/cgi-bin/message/custom/send": {method: http.MethodPost, needToken: true, daily: 500_000, answer: (*WeChat).customSend},
}

// maxBody is more than any API call needs, in bytes.
const maxBody = 1 << 20

// response is what goes back to the caller of the API; lost means the connection breaks instead.
type response struct {
	status      int
	contentType string
	body        []byte
	lost        bool
	note        string
}

// ServeHTTP answers an API call as api.weixin.qq.com does: errors are HTTP 200 with an errcode.
func (w *WeChat) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	if err != nil {
		body = []byte("unreadable: " + err.Error())
	}
	res := w.respond(r, body)
	w.record(Trace{
		Took: time.Since(start), Direction: Call, Kind: r.URL.Path, Method: r.Method, URL: r.URL.RequestURI(),
		Status: res.status, Request: string(body), Response: string(res.body), Note: res.note,
	})
	if res.lost {
		breakConnection(rw)
		return
	}
	rw.Header().Set("Content-Type", res.contentType)
	rw.WriteHeader(res.status)
	_, _ = rw.Write(res.body)
}

func (w *WeChat) respond(r *http.Request, body []byte) response {
	fault := w.takeFault(r.URL.Path)
	if !fault.wait(r.Context()) {
		return response{lost: true, note: "the caller gave up during the delay"}
	}
	if res, ok := fault.instead(w.cfg.Now()); ok {
		return res
	}
	res := w.answer(r, body)
	if fault.LoseAnswer {
		return response{lost: true, note: "carried out, the answer was lost: " + string(res.body)}
	}
	return res
}

func (w *WeChat) answer(r *http.Request, body []byte) response {
	e, known := endpoints[r.URL.Path]
	switch {
	case known:
		c := call{now: w.cfg.Now(), query: r.URL.Query(), body: body, ip: callerIP(r)}
		w.mu.Lock()
		defer w.mu.Unlock()
		return jsonResponse(w.admit(e, r, c))
	case strings.HasPrefix(r.URL.Path, "/cgi-bin/"):
		return jsonResponse(apiError(w.cfg.Now(), 40066))
	default:
		return response{status: http.StatusNotFound, contentType: "text/html"}
	}
}

// admit makes the checks every endpoint shares, in the platform's order, and then asks it.
func (w *WeChat) admit(e endpoint, r *http.Request, c call) any {
	if r.Method != e.method {
		return apiError(c.now, map[string]int{http.MethodGet: 43001, http.MethodPost: 43002}[e.method])
	}
	if e.needToken {
		if code := w.tokenFault(c.query.Get("access_token"), c.now); code != 0 {
			return apiError(c.now, code)
		}
	}
	if code := w.spendQuota(r.URL.Path, e, c.now); code != 0 {
		if code == 45009 && r.URL.Path == "/cgi-bin/token" {
			return apiErrorText(c.now, code, "reach max api daily quota limit, could get access_token by getStableAccessToken")
		}
		return apiError(c.now, code)
	}
	if e.method == http.MethodPost && len(c.body) == 0 {
		return apiError(c.now, 44002)
	}
	return e.answer(w, c)
}

func callerIP(r *http.Request) string {
	caller, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return caller.Addr().Unmap().String()
}

// errorTexts are the platform's own words, as seen in live answers and its list of codes.
var errorTexts = map[int]string{
	-1:    "system error",
	40001: "invalid credential, access_token is invalid or not latest",
	40002: "invalid grant_type",
	40003: "invalid openid",
	40008: "invalid message type",
	40013: "invalid appid",
	40066: "invalid url",
	40125: "invalid appsecret",
	41001: "access_token missing",
	41002: "appid missing",
	41004: "appsecret missing",
	42001: "access_token expired",
	43001: "require GET method",
	43002: "require POST method",
	43004: "require subscribe",
	44002: "empty post data",
	44004: "empty content",
	45002: "content size out of limit",
	45009: "reach max api daily quota limit",
	45011: "api minute-quota reach limit",
	45015: "response out of time limit or subscription is canceled",
	45047: "out of response count limit",
	47001: "data format error",
	48001: "api unauthorized",
}

type errorBody struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

func apiError(now time.Time, code int) errorBody {
	words, known := errorTexts[code]
	if !known {
		words = "error"
	}
	return apiErrorText(now, code, words)
}

func apiErrorText(now time.Time, code int, words string) errorBody {
	rid := fmt.Sprintf("%08x-%s-%s", now.Unix(), randomText(8, "0123456789abcdef"), randomText(8, "0123456789abcdef"))
	return errorBody{code, words + " rid: " + rid}
}

func jsonResponse(body any) response {
	raw, _ := json.Marshal(body) // the bodies here are plain structs
	return response{status: http.StatusOK, contentType: "application/json; encoding=utf-8", body: raw}
}

// shanghai is the platform's calendar; its quota days end at midnight there.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

type usage struct {
	day, minute             string
	callsOfDay, callsMinute int
}

// spendQuota counts one call and returns 45009 or 45011 when it is one too many.
func (w *WeChat) spendQuota(path string, e endpoint, now time.Time) int {
	u := w.usage[path]
	if u == nil {
		u = &usage{}
		w.usage[path] = u
	}
	local := now.In(shanghai)
	if day := local.Format(time.DateOnly); day != u.day {
		u.day, u.callsOfDay = day, 0
	}
	if minute := local.Format("2006-01-02 15:04"); minute != u.minute {
		u.minute, u.callsMinute = minute, 0
	}
	u.callsOfDay++
	u.callsMinute++
	switch {
	case u.callsOfDay > w.dailyLimit(path, e.daily):
		return 45009
	case e.minute > 0 && u.callsMinute > e.minute:
		return 45011
	}
	return 0
}
