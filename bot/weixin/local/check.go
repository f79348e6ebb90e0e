package local

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Suggest is what the platform's content check thinks.
type Suggest string

// The suggestions; Silent is a verdict on a picture that never comes.
const (
	Pass   Suggest = "pass"
	Review Suggest = "review"
	Risky  Suggest = "risky"
	Silent Suggest = "silent"
)

// labels are the platform's numbers for what it found: nothing, politics, what breaks the law.
var labels = map[Suggest]int{Pass: 100, Review: 20001, Risky: 20006}

const (
	// visitLife is how long after a visit of the Mini Program what a person wrote can be checked.
	visitLife = 2 * time.Hour
	// maxWords is the longest text that is checked, in characters.
	maxWords = 2500
	// downloadFailed is the errcode of a verdict on what could not be fetched.
	downloadFailed = -1008
)

// MediaCheck is the kind of the event with the verdict on a picture.
const MediaCheck Kind = "wxa_media_check"

// Visit opens the Mini Program on a person's phone, or comes back to it: for 2 hours what the person hands in can be
// checked. LoginCode and PhoneCode are visits too. A stranger is false.
func (w *WeChat) Visit(openid string) bool {
	now := w.cfg.Now()
	return w.change(openid, true, func(p *person) { p.visited = now })
}

// SetVerdict decides what the content check finds in pictures that are handed in from now on; Pass is what it finds
// without.
func (w *WeChat) SetVerdict(s Suggest) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.verdict = s
}

// SetRiskyWords are the words for which the text check answers risky.
func (w *WeChat) SetRiskyWords(words ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.riskyWords = words
}

// author checks who wrote something, as both checks do; code is 0 for a recent visitor.
func (w *WeChat) author(c call, openid string, scene int) (p *person, code int) {
	p = w.minis[openid]
	switch {
	case p == nil && w.people[openid] != nil:
		code = 43104 // the official account's openid
	case p == nil:
		code = 40003
	case scene < 1 || scene > 4:
		code = 40129
	case p.visited.IsZero() || c.now.Sub(p.visited) > visitLife:
		code = 61010
	}
	return p, code
}

type found struct {
	Suggest Suggest `json:"suggest"`
	Label   int     `json:"label"`
}

type detail struct {
	Strategy string  `json:"strategy"`
	ErrCode  int     `json:"errcode"`
	Suggest  Suggest `json:"suggest"`
	Label    int     `json:"label"`
	Prob     int     `json:"prob"`
}

func details(s Suggest) []detail {
	return []detail{{Strategy: "content_model", Suggest: s, Label: labels[s], Prob: 90}}
}

// checkText is POST /wxa/msg_sec_check of version 2. Its errcode is 0 also for what is risky.
func (w *WeChat) checkText(c call) any {
	var in struct {
		Version int    `json:"version"`
		OpenID  string `json:"openid"`
		Scene   int    `json:"scene"`
		Content string `json:"content"`
	}
	if !decode(c.body, &in) || in.Version != 2 {
		return apiError(c.now, 47001)
	}
	if _, code := w.author(c, in.OpenID, in.Scene); code != 0 {
		return apiError(c.now, code)
	}
	switch {
	case strings.TrimSpace(in.Content) == "":
		return apiError(c.now, 44004)
	case utf8.RuneCountInString(in.Content) > maxWords:
		return apiError(c.now, 45002)
	}
	s := Pass
	if slices.ContainsFunc(w.riskyWords, func(word string) bool { return strings.Contains(in.Content, word) }) {
		s = Risky
	}
	return struct {
		errorBody
		Detail  []detail `json:"detail"`
		TraceID string   `json:"trace_id"`
		Result  found    `json:"result"`
	}{accepted, details(s), traceID(c.now), found{s, labels[s]}}
}

// traceID is the number of a check.
func traceID(now time.Time) string {
	hex := func() string { return randomText(8, "0123456789abcdef") }
	return fmt.Sprintf("%08x-%s-%s", now.Unix(), hex(), hex())
}

// checkMedia is POST /wxa/media_check_async of version 2: it answers a number, and the verdict is pushed later.
func (w *WeChat) checkMedia(c call) any {
	var in struct {
		URL     string `json:"media_url"`
		Type    int    `json:"media_type"` // 1 sound, 2 picture
		Version int    `json:"version"`
		OpenID  string `json:"openid"`
		Scene   int    `json:"scene"`
	}
	if !decode(c.body, &in) || in.Version != 2 || in.Type != 1 && in.Type != 2 || !webAddress(in.URL) {
		return apiError(c.now, 47001)
	}
	p, code := w.author(c, in.OpenID, in.Scene)
	if code != 0 {
		return apiError(c.now, code)
	}
	m := mediaCheck{trace: traceID(c.now), openid: p.MiniOpenID, url: in.URL, verdict: w.verdict}
	if m.verdict != Silent && w.mini.callbackURL != "" {
		w.soon(func(ctx context.Context) { w.look(ctx, m) })
	}
	return struct {
		errorBody
		TraceID string `json:"trace_id"`
	}{accepted, m.trace}
}

// mediaCheck is a picture that waits for its verdict.
type mediaCheck struct {
	trace, openid, url string
	verdict            Suggest
}

// soon does something in the background, after the time that a check takes. Settle waits for it.
func (w *WeChat) soon(do func(context.Context)) {
	c := &w.crew
	if c.ctx.Err() != nil {
		return
	}
	c.begin()
	go func() {
		timer := time.NewTimer(w.cfg.CheckTime)
		defer timer.Stop()
		select {
		case <-timer.C:
			do(c.ctx)
		case <-c.ctx.Done():
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		c.finish()
	}()
}

// look fetches the picture, as anybody on the internet could, and pushes the verdict.
func (w *WeChat) look(ctx context.Context, m mediaCheck) {
	err := w.fetch(ctx, m.url)
	w.mu.Lock()
	packet := w.verdictPacket(m, err == nil)
	w.mu.Unlock()
	_, _ = w.Deliver(ctx, packet) // its error is the end of ctx; the answer is in the trace
}

// fetch downloads what is to be checked, and forgets it.
func (w *WeChat) fetch(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, w.cfg.Cut)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := w.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxImage+1))
	m, known := recognise(raw)
	switch {
	case err != nil:
		return err
	case answer.StatusCode != http.StatusOK, !known || m.kind != Image, len(raw) > maxImage:
		return fmt.Errorf("local WeChat: HTTP status %d with %d bytes", answer.StatusCode, len(raw))
	}
	return nil
}

// verdictPacket is the event. A real one about what could not be fetched has an empty detail and no result.
func (w *WeChat) verdictPacket(m mediaCheck, fetched bool) Packet {
	now := w.cfg.Now()
	code, words, all := 0, "ok", details(m.verdict)
	if !fetched {
		code, words, all = downloadFailed, "下载错误,请检查媒体链接是否有效", []detail{}
	}
	if w.cfg.MiniProgram.JSON {
		return w.verdictJSON(m, now, code, words, all)
	}
	fields := []field{
		text("appid", w.mini.appID), text("trace_id", m.trace), number("version", "2"),
		number("errcode", strconv.Itoa(code)), text("errmsg", words),
	}
	for _, d := range all {
		fields = append(fields,
			group("detail", text("strategy", d.Strategy), number("errcode", "0"), text("suggest", string(d.Suggest)), number("label", strconv.Itoa(d.Label)), number("prob", "90")),
			group("result", text("suggest", string(m.verdict)), number("label", strconv.Itoa(labels[m.verdict]))))
	}
	return w.notice(w.mini, m.openid, MediaCheck, now, fields...)
}

func (w *WeChat) verdictJSON(m mediaCheck, now time.Time, code int, words string, all []detail) Packet {
	event := struct {
		ToUserName   string
		FromUserName string
		CreateTime   int64
		MsgType      string
		Event        Kind
		AppID        string   `json:"appid"`
		TraceID      string   `json:"trace_id"`
		Version      int      `json:"version"`
		Detail       []detail `json:"detail"`
		ErrCode      int      `json:"errcode"`
		ErrMsg       string   `json:"errmsg"`
		Result       *found   `json:"result,omitempty"`
	}{w.mini.originalID, m.openid, now.Unix(), "event", MediaCheck, w.mini.appID, m.trace, 2, all, code, words, nil}
	if code == 0 {
		event.Result = &found{m.verdict, labels[m.verdict]}
	}
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(event) // a plain struct
	return Packet{OpenID: m.openid, Kind: MediaCheck, Plain: bytes.TrimSpace(plain.Bytes()), silent: true, toMini: true}
}
