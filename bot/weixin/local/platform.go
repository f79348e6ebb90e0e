// Package local is a local WeChat: the platform's side of the wire, for the demo page and for tests of the product.
//
// A WeChat is one official account in safe mode, with its Mini Program if it has one and with the people around them.
// It serves the platform's API (it is an http.Handler), and when a person does something on the phone it pushes the
// encrypted packet to the account's callback, repeats it as the platform does, and judges the answer as strictly as the
// platform documents. What became of template and subscribe messages it pushes in the background; Settle waits for that.
// Because it judges, it shares no code with the receiver: signature, cipher and XML are written again here from the
// documentation. Faults of the platform are switched on by Break, SetDailyQuota, SetOutcome and by crafted packets.
package local

import (
	"context"
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
	// MiniProgram is the account's Mini Program, if it has one.
	MiniProgram MiniProgram
	// Uncertified takes away what only certified service accounts may do: it gets 48001.
	Uncertified bool
	// IPWhitelist holds the addresses that may ask for a token; empty allows all.
	IPWhitelist []string
	// Now is the platform's clock; nil is the machine's.
	Now func() time.Time
	// TokenLife is how long an access_token lives: more than 5 minutes, 0 is the platform's 2 hours.
	TokenLife time.Duration
	// Cut is how long an attempt may take before the connection is cut; 0 is the platform's 5 seconds.
	Cut time.Duration
	// CheckTime is how long the content check looks at a picture; 0 is 2 seconds.
	CheckTime time.Duration
	// Attempts is how often one push is tried in all; 0 is the platform's 3.
	Attempts int
	// HTTPClient reaches the callback; nil is one of its own. Redirects are never followed.
	HTTPClient *http.Client
}

// WeChat is one official account on the local platform. All its methods may be called at the same time.
type WeChat struct {
	cfg    Config
	client *http.Client

	mu       sync.Mutex // guards everything below
	oa, mini *app       // mini is nil when there is none
	people   map[string]*person
	order    []string           // openids as they were added
	minis    map[string]*person // by their openid in the Mini Program
	msgID    int64
	lineID   int64

	menu       []Button // nil when there is none
	media      map[string]*medium
	mediaOrder []string          // its ids, oldest first
	logins     map[string]*grant // by code
	phones     map[string]*grant
	phonesLeft int
	verdict    Suggest // on pictures
	riskyWords []string
	templates  []*Template
	banned     map[string]bool     // templates, by id
	messages   map[messageKey]sent // template messages with a client_msg_id
	sentOrder  []messageKey        // its keys, oldest first
	crew       crew
	paths      map[string]endpoint // what there is to call

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
	oa, err := cfg.official()
	if err != nil {
		return nil, fmt.Errorf("local WeChat: %w", err)
	}
	mini, err := cfg.mini()
	if err != nil {
		return nil, fmt.Errorf("local WeChat: MiniProgram: %w", err)
	}
	return &WeChat{
		cfg: cfg, client: pushClient(cfg.HTTPClient), oa: oa, mini: mini,
		people: map[string]*person{}, minis: map[string]*person{}, media: map[string]*medium{},
		logins: map[string]*grant{}, phones: map[string]*grant{}, phonesLeft: freePhones, verdict: Pass, banned: map[string]bool{}, messages: map[messageKey]sent{}, crew: newCrew(), paths: endpoints,
		quotas: map[string]int{}, msgID: randomStart(), traces: newJournal(cfg.Secret, cfg.MiniProgram.Secret),
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
	refuse(!webAddress(c.CallbackURL), "CallbackURL %q: want http or https", c.CallbackURL)
	refuse(c.TokenLife != 0 && c.TokenLife <= overlap, "TokenLife %v: want more than %v", c.TokenLife, overlap)
	refuse(c.Cut < 0 || c.Attempts < 0 || c.CheckTime < 0, "Cut, CheckTime and Attempts must not be negative")
	return errors.Join(append(problems, c.MiniProgram.check(c.AppID))...)
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
	if c.CheckTime == 0 {
		c.CheckTime = 2 * time.Second
	}
	if c.Attempts == 0 {
		c.Attempts = 3
	}
}

// Close ends what the platform is pushing on its own and drops the idle connections to the callbacks. Afterwards the
// account can still be used, but the platform pushes nothing on its own.
func (w *WeChat) Close() {
	w.crew.end()
	_ = w.Settle(context.Background()) // its error would be this context's
	w.client.CloseIdleConnections()
}

// call is one API request as an endpoint sees it.
type call struct {
	now         time.Time
	query       url.Values
	contentType string
	body        []byte
	ip          string
	app         *app // whose token it carries, or whom it names
}

// owner tells whose token an endpoint takes.
type owner int

const (
	ofOfficial owner = iota
	ofMini
	ofEither
)

// endpoint is one path of the platform's API. A further one is a line in the table below and a method.
type endpoint struct {
	method    string
	needToken bool
	owner     owner
	certified bool // not for an Uncertified account
	daily     int  // calls a day, Shanghai time
	minute    int  // calls a minute, 0 is no limit
	maxBody   int  // bytes, 0 is what nearly every call needs
	answer    func(*WeChat, call) any
}

// endpoints are what is played. Daily limits that the platform does not publish are those of its similar calls.
var endpoints = map[string]endpoint{
	"/cgi-bin/token":                             {method: http.MethodGet, daily: 2000, answer: (*WeChat).plainToken},
	"/cgi-bin/stable_token":                      {method: http.MethodPost, daily: 500_000, minute: 10_000, answer: (*WeChat).stableToken},
	"/cgi-bin/user/info":                         {method: http.MethodGet, needToken: true, daily: 5_000_000, answer: (*WeChat).userInfo},
	"/cgi-bin/message/custom/send":               {method: http.MethodPost, needToken: true, daily: 500_000, answer: (*WeChat).customSend},
	"/cgi-bin/menu/create":                       {method: http.MethodPost, needToken: true, daily: 1000, answer: (*WeChat).createMenu},
	"/cgi-bin/menu/get":                          {method: http.MethodGet, needToken: true, daily: 10_000, answer: (*WeChat).getMenu},
	"/cgi-bin/menu/delete":                       {method: http.MethodGet, needToken: true, daily: 1000, answer: (*WeChat).deleteMenu},
	"/cgi-bin/get_current_selfmenu_info":         {method: http.MethodGet, needToken: true, daily: 10_000, answer: (*WeChat).selfMenu},
	"/cgi-bin/media/upload":                      {method: http.MethodPost, needToken: true, daily: 100_000, maxBody: 11 << 20, answer: (*WeChat).uploadMedia},
	"/cgi-bin/media/get":                         {method: http.MethodGet, needToken: true, daily: 200_000, answer: (*WeChat).getMedia},
	"/sns/jscode2session":                        {method: http.MethodGet, daily: 5_000_000, answer: (*WeChat).code2Session},
	"/cgi-bin/template/get_all_private_template": {method: http.MethodGet, needToken: true, certified: true, daily: 100_000, answer: (*WeChat).listTemplates},
	"/cgi-bin/message/template/send":             {method: http.MethodPost, needToken: true, certified: true, daily: 100_000, answer: (*WeChat).templateSend},
	"/wxaapi/newtmpl/gettemplate":                {method: http.MethodGet, needToken: true, owner: ofEither, daily: 100_000, answer: (*WeChat).listSubscriptions},
	"/cgi-bin/message/subscribe/bizsend":         {method: http.MethodPost, needToken: true, certified: true, daily: 3_000_000, answer: (*WeChat).bizSend},
	"/cgi-bin/message/subscribe/send":            {method: http.MethodPost, needToken: true, owner: ofMini, daily: 3_000_000, answer: (*WeChat).miniSend},
	"/wxa/business/getuserphonenumber":           {method: http.MethodPost, needToken: true, owner: ofMini, daily: 5_000_000, minute: 5000, answer: (*WeChat).getPhoneNumber},
	"/wxa/media_check_async":                     {method: http.MethodPost, needToken: true, owner: ofMini, daily: 200_000, minute: 2000, answer: (*WeChat).checkMedia},
	"/wxa/msg_sec_check":                         {method: http.MethodPost, needToken: true, owner: ofMini, daily: 2_000_000, minute: 4000, answer: (*WeChat).checkText},
	"/cgi-bin/clear_quota":                       {method: http.MethodPost, needToken: true, owner: ofEither, daily: 100, answer: (*WeChat).clearQuota},
	"/cgi-bin/openapi/quota/get":                 {method: http.MethodPost, needToken: true, owner: ofEither, daily: 10_000_000, answer: (*WeChat).getQuota},
}

// maxBody is more than any API call needs, in bytes.
const maxBody = 1 << 20

// response is what goes back to the caller of the API; lost means the connection breaks instead.
type response struct {
	status      int
	contentType string
	fileName    string // not empty: the body is this file
	body        []byte
	lost        bool
	note        string
}

// ServeHTTP answers an API call as api.weixin.qq.com does: errors are HTTP 200 with an errcode.
func (w *WeChat) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	start := time.Now()
	limit := max(w.paths[r.URL.Path].maxBody, maxBody)
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, int64(limit)))
	if err != nil {
		body = []byte("unreadable: " + err.Error())
	}
	res := w.respond(r, body)
	w.record(Trace{
		Took: time.Since(start), Direction: Call, Kind: r.URL.Path, Method: r.Method, URL: r.URL.RequestURI(), Status: res.status,
		Request: legible(r.Header.Get("Content-Type"), body), Response: legible(res.contentType, res.body), Note: res.note,
	})
	if res.lost {
		breakConnection(rw)
		return
	}
	rw.Header().Set("Content-Type", res.contentType)
	if res.fileName != "" {
		rw.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", res.fileName))
	}
	rw.WriteHeader(res.status)
	_, _ = rw.Write(res.body)
}

// legible is a body as a trace keeps it: of pictures and voices only what they are.
func legible(contentType string, body []byte) string {
	kind, _, _ := strings.Cut(contentType, "/")
	switch kind {
	case "multipart", "image", "audio":
		return fmt.Sprintf("%d bytes of %s", len(body), contentType)
	}
	return string(body)
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
		return response{lost: true, note: "carried out, the answer was lost: " + legible(res.contentType, res.body)}
	}
	return res
}

func (w *WeChat) answer(r *http.Request, body []byte) response {
	e, known := w.paths[r.URL.Path]
	switch {
	case known:
		c := call{now: w.cfg.Now(), query: r.URL.Query(), contentType: r.Header.Get("Content-Type"), body: body, ip: callerIP(r)}
		w.mu.Lock()
		defer w.mu.Unlock()
		body := w.admit(e, r, c)
		if file, ok := body.(response); ok {
			return file
		}
		return jsonResponse(body)
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
	var code int
	if c.app, code = w.caller(e, c); code != 0 {
		return apiError(c.now, code)
	}
	if code := w.spendQuota(c.app, r.URL.Path, e, c.now); code != 0 {
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

// caller is the account whose token the call carries, or whom a call without a token names: calls that name nobody known
// count as the official account's.
func (w *WeChat) caller(e endpoint, c call) (*app, int) {
	if !e.needToken {
		appid := c.query.Get("appid")
		if appid == "" {
			var in struct {
				AppID string `json:"appid"`
			}
			_ = json.Unmarshal(c.body, &in) // the endpoint refuses what is no JSON
			appid = in.AppID
		}
		if a := w.named(appid); a != nil {
			return a, 0
		}
		return w.oa, 0
	}
	a, code := w.bearer(c.query.Get("access_token"), c.now)
	switch {
	case code != 0:
		return nil, code
	case e.owner == ofOfficial && a != w.oa, e.owner == ofMini && a != w.mini, e.certified && w.cfg.Uncertified:
		return nil, 48001
	}
	return a, 0
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
	40004: "invalid media type",
	40005: "invalid file type",
	40007: "invalid media_id",
	40008: "invalid message type",
	40009: "invalid image size",
	40010: "invalid voice size",
	40013: "invalid appid",
	40015: "invalid menu type",
	40016: "invalid button size",
	40017: "invalid button type",
	40018: "invalid button name size",
	40019: "invalid button key size",
	40020: "invalid button url size",
	40022: "invalid sub button level",
	40023: "invalid sub button size",
	40024: "invalid sub button type",
	40025: "invalid sub button name size",
	40026: "invalid sub button key size",
	40027: "invalid sub button url size",
	40029: "invalid code",
	40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
	40037: "invalid template_id",
	40054: "invalid sub button url domain",
	40055: "invalid button url domain",
	40066: "invalid url",
	40125: "invalid appsecret",
	40129: "invalid scene",
	40163: "code been used",
	40165: "invalid weapp pagepath",
	40166: "invalid weapp appid",
	40226: "code blocked",
	41001: "access_token missing",
	41002: "appid missing",
	41004: "appsecret missing",
	41005: "media data missing",
	41006: "media_id missing",
	41008: "missing code",
	41030: "invalid page",
	42001: "access_token expired",
	43001: "require GET method",
	43002: "require POST method",
	43004: "require subscribe",
	43101: "user refuse to accept the msg",
	43104: "appid and openid not match",
	43116: "This template_id is banned",
	43117: "Sending messages to this openid too frequently,please try later",
	44001: "empty media data",
	44002: "empty post data",
	44004: "empty content",
	45001: "media size out of limit",
	45002: "content size out of limit",
	45007: "playtime out of limit",
	45009: "reach max api daily quota limit",
	45011: "api minute-quota reach limit",
	45015: "response out of time limit or subscription is canceled",
	45047: "out of response count limit",
	46003: "menu no exist",
	47001: "data format error",
	48001: "api unauthorized",
	48006: "forbid to clear quota because of reaching the limit",
	61010: "code is expired",
	76021: "cgi_path not found, please check",

	1400001: "phone number quota is used up",
}

type errorBody struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

// accepted is the answer to what has nothing more to say.
var accepted = errorBody{0, "ok"}

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
