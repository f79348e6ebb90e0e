package local

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Person is someone with WeChat on a phone.
type Person struct {
	OpenID     string // 28 characters, the first an o
	UnionID    string // empty when the account is bound to no open platform account
	Following  bool
	FollowedAt time.Time // zero for who never followed
	Scene      string    // of the code that was scanned to follow
	MiniOpenID string    // in the Mini Program; Add makes one when it is empty and there is a Mini Program
	Blocked    bool      // a high-risk user: logins of the Mini Program get 40226
	Phone      string    // that WeChat knows, eleven digits; empty when it knows none
}

type person struct {
	Person
	windows     map[opening]*window
	lines       []Line
	visited     time.Time // the Mini Program, last
	loginMinute time.Time
	logins      int // in that minute
	consents    map[string]consent
	tooFrequent bool
	outcome     Outcome
}

// By tells who put a line into the chat.
type By string

// A chat's lines come from the person, from the account's passive reply, from its customer-service message, or from
// the platform itself.
const (
	Self     By = "self"
	Reply    By = "reply"
	Service  By = "service"
	Platform By = "platform"
)

// Line is one thing in a person's chat with the account.
type Line struct {
	ID   int64 // rising over all chats
	At   time.Time
	By   By
	Kind Kind   // what it is: text, voice, CLICK, news …
	Text string // what the person reads; for an act its key, scene or recognised words
	// MediaID is a picture's or voice's, for GET /cgi-bin/media/get.
	MediaID string
	// Card is how a template's message looks, Menu a menu inside a message; nil for anything else.
	Card *Card
	Menu *MessageMenu
}

// linesKept is how many lines of a chat are remembered.
const linesKept = 500

// Kind names a message or event as packets do.
type Kind string

// What a person can do. Tap is a tap on an entry of a menu inside a message; it arrives as text.
const (
	Text        Kind = "text"
	Voice       Kind = "voice"
	Image       Kind = "image"
	Tap         Kind = "tap"
	Click       Kind = "CLICK"
	Scan        Kind = "SCAN"
	Subscribe   Kind = "subscribe"
	Unsubscribe Kind = "unsubscribe"
)

// What the account puts into a chat besides text and image, and what the platform tells the accounts of itself.
const (
	Menu            Kind = "msgmenu"
	Templated       Kind = "template"
	Subscribed      Kind = "subscribe message"
	JobFinish       Kind = "TEMPLATESENDJOBFINISH"
	SubscribePopup  Kind = "subscribe_msg_popup_event"
	SubscribeChange Kind = "subscribe_msg_change_event"
	SubscribeSent   Kind = "subscribe_msg_sent_event"
)

// Message is one act of a person on the phone.
type Message struct {
	Kind   Kind
	Text   string // the words, the recognised words, the menu key or the scene
	MenuID string // of a Tap: bizmsgmenuid
	// Media are the bytes of a Voice (AMR of 8 kHz) or Image (JPEG, PNG, GIF), Media16K the same voice as AMR of
	// 16 kHz; left out, a second of silence and a small grey picture. They can be fetched for 3 days.
	Media, Media16K []byte
}

// Packet is an act on its way to the account: it stays the same over all attempts to deliver it.
type Packet struct {
	OpenID string
	Kind   Kind
	MsgID  int64 // 0 for events
	Plain  []byte

	toMini bool // goes to the Mini Program, not to the official account
	silent bool // nobody is shown what the account answers
}

// What a phone refuses before anything reaches the wire.
var (
	ErrUnknownPerson = errors.New("local WeChat: no such person")
	ErrNotFollowing  = errors.New("local WeChat: the person does not follow the account")
	ErrFollowing     = errors.New("local WeChat: the person follows the account already")
	ErrEmpty         = errors.New("local WeChat: nothing to send")
	ErrNoSuchButton  = errors.New("local WeChat: the menu has no such entry")
	ErrNoMedium      = errors.New("local WeChat: a phone sends no such picture or voice")
)

var openIDForm = regexp.MustCompile(`^o[0-9A-Za-z_-]{27}$`)

// OpenID derives a well-formed openid of this account from any name, always the same one.
func (w *WeChat) OpenID(name string) string {
	return "o" + derive(w.cfg.AppID, name)[:27]
}

// derive makes 43 letters, digits, - or _ of any words, always the same ones.
func derive(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Add puts a person there, following or not, without any event. A malformed or known openid is an error.
func (w *WeChat) Add(p Person) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !openIDForm.MatchString(p.OpenID) {
		return fmt.Errorf("local WeChat: openid %q: want o and 27 letters, digits, - or _", p.OpenID)
	}
	if w.people[p.OpenID] != nil {
		return fmt.Errorf("local WeChat: %s is there already", p.OpenID)
	}
	if p.Phone != "" && !phoneForm.MatchString(p.Phone) {
		return fmt.Errorf("local WeChat: phone %q: want eleven digits", p.Phone)
	}
	if p.Following && p.FollowedAt.IsZero() {
		p.FollowedAt = w.cfg.Now()
	}
	if w.mini != nil && p.MiniOpenID == "" {
		p.MiniOpenID = "o" + derive(w.mini.appID, p.OpenID)[:27]
	}
	if p.MiniOpenID != "" {
		if !openIDForm.MatchString(p.MiniOpenID) || p.MiniOpenID == p.OpenID || w.minis[p.MiniOpenID] != nil {
			return fmt.Errorf("local WeChat: MiniOpenID %q: want one of its own, well-formed", p.MiniOpenID)
		}
	}
	added := &person{Person: p, windows: map[opening]*window{}, consents: map[string]consent{}, outcome: Delivered}
	w.people[p.OpenID] = added
	if p.MiniOpenID != "" {
		w.minis[p.MiniOpenID] = added
	}
	w.order = append(w.order, p.OpenID)
	return nil
}

// People returns everybody in the order they were added.
func (w *WeChat) People() []Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Person, 0, len(w.order))
	for _, openid := range w.order {
		all = append(all, w.people[openid].Person)
	}
	return all
}

// Inbox returns the last 500 lines of a person's chat, oldest first; nil for a stranger to the platform.
func (w *WeChat) Inbox(openid string) []Line {
	w.mu.Lock()
	defer w.mu.Unlock()
	if p := w.people[openid]; p != nil {
		return append([]Line(nil), p.lines...)
	}
	return nil
}

func (w *WeChat) note(p *person, line Line) {
	w.lineID++
	line.ID, line.At = w.lineID, w.cfg.Now()
	p.lines = append(p.lines, line)
	if len(p.lines) > linesKept {
		p.lines = p.lines[1:]
	}
}

// Follow makes a person follow, by a code of that scene if it is not empty, and pushes the subscribe event.
func (w *WeChat) Follow(ctx context.Context, openid, scene string) (Exchange, error) {
	return w.perform(ctx, openid, Message{Kind: Subscribe, Text: scene})
}

// Unfollow ends following and every open window, and pushes the unsubscribe event.
func (w *WeChat) Unfollow(ctx context.Context, openid string) (Exchange, error) {
	return w.perform(ctx, openid, Message{Kind: Unsubscribe})
}

// Say sends a text.
func (w *WeChat) Say(ctx context.Context, openid, words string) (Exchange, error) {
	return w.perform(ctx, openid, Message{Kind: Text, Text: words})
}

// SayVoice sends a voice message; recognition is what the platform understood, often empty. The recordings are
// Message's Media and Media16K, both optional.
func (w *WeChat) SayVoice(ctx context.Context, openid, recognition string, recordings ...[]byte) (Exchange, error) {
	m := Message{Kind: Voice, Text: recognition}
	for i, to := range []*[]byte{&m.Media, &m.Media16K} {
		if i < len(recordings) {
			*to = recordings[i]
		}
	}
	return w.perform(ctx, openid, m)
}

// SendImage sends a picture, Message's Media; without one a small grey picture.
func (w *WeChat) SendImage(ctx context.Context, openid string, picture ...[]byte) (Exchange, error) {
	m := Message{Kind: Image}
	if len(picture) > 0 {
		m.Media = picture[0]
	}
	return w.perform(ctx, openid, m)
}

// Click taps an entry of the account's menu. Once the account has created a menu, only its keys can be tapped.
func (w *WeChat) Click(ctx context.Context, openid, key string) (Exchange, error) {
	return w.perform(ctx, openid, Message{Kind: Click, Text: key})
}

// TapMenu taps an entry of a menu inside a message: the account gets its words as text, with the entry's id.
func (w *WeChat) TapMenu(ctx context.Context, openid, words, id string) (Exchange, error) {
	return w.perform(ctx, openid, Message{Kind: Tap, Text: words, MenuID: id})
}

// Scan scans the account's code of a scene as a follower; for anybody else see Follow.
func (w *WeChat) Scan(ctx context.Context, openid, scene string) (Exchange, error) {
	return w.perform(ctx, openid, Message{Kind: Scan, Text: scene})
}

func (w *WeChat) perform(ctx context.Context, openid string, m Message) (Exchange, error) {
	packet, err := w.Act(openid, m)
	if err != nil {
		return Exchange{}, err
	}
	return w.Deliver(ctx, packet)
}

// Act does on the phone what m says and returns the packet for Deliver or DeliverTo: the chat shows it, windows open
// and the follow state changes, but nothing is on the wire yet.
func (w *WeChat) Act(openid string, m Message) (Packet, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.people[openid]
	if err := p.allows(m); err != nil {
		return Packet{}, err
	}
	if m.Kind == Click && w.menu != nil && !hasKey(w.menu, m.Text) {
		return Packet{}, ErrNoSuchButton
	}
	now := w.cfg.Now()
	stored, err := w.store(m, now)
	if err != nil {
		return Packet{}, err
	}
	p.change(m, now)
	w.note(p, Line{By: Self, Kind: m.Kind, Text: m.Text, MediaID: stored.id})
	packet := Packet{OpenID: openid, Kind: m.Kind}
	if m.isMessage() {
		packet.MsgID = w.nextMsgID(now)
	}
	packet.Plain = writePacket(w.fields(openid, m, stored, packet.MsgID, now))
	return packet, nil
}

// stored are the ids under which the account can fetch what a person sent.
type stored struct{ id, id16K string }

// store keeps what m carries, or what stands in for it.
func (w *WeChat) store(m Message, now time.Time) (s stored, err error) {
	switch m.Kind {
	case Image:
		s.id, err = w.storeOne(Image, m.Media, greyPicture, now)
	case Voice:
		if s.id, err = w.storeOne(Voice, m.Media, silence, now); err == nil {
			s.id16K, err = w.storeOne(Voice, m.Media16K, wideSilence, now)
		}
	}
	return s, err
}

func (w *WeChat) storeOne(kind Kind, raw, instead []byte, now time.Time) (string, error) {
	if raw == nil {
		raw = instead
	}
	m, known := recognise(raw)
	if !known || m.kind != kind {
		return "", ErrNoMedium
	}
	return w.keep(m, now), nil
}

func (m Message) isMessage() bool {
	return m.Kind == Text || m.Kind == Voice || m.Kind == Image || m.Kind == Tap
}

func (p *person) allows(m Message) error {
	switch {
	case p == nil:
		return ErrUnknownPerson
	case m.Kind == Subscribe && p.Following:
		return ErrFollowing
	case m.Kind != Subscribe && !p.Following:
		return ErrNotFollowing
	}
	switch m.Kind {
	case Text, Tap, Click, Scan:
		if strings.TrimSpace(m.Text) == "" {
			return ErrEmpty
		}
	case Voice, Image, Subscribe, Unsubscribe:
	default:
		return fmt.Errorf("local WeChat: a person cannot do %q", m.Kind)
	}
	return nil
}

func (p *person) change(m Message, now time.Time) {
	switch m.Kind {
	case Text, Voice, Image:
		p.open(byMessage, now)
	case Tap, Click:
		p.open(byMenu, now)
	case Scan:
		p.open(byScan, now)
	case Subscribe:
		p.Following, p.FollowedAt, p.Scene = true, now, m.Text
		p.open(byFollow, now)
	case Unsubscribe:
		p.Following = false
		clear(p.windows)
	}
}

// fields are the documented elements of the packet for m, in the documented order.
func (w *WeChat) fields(openid string, m Message, s stored, id int64, now time.Time) []field {
	msgID := number("MsgId", strconv.FormatInt(id, 10))
	head := func(kind Kind, rest ...field) []field {
		return append([]field{
			text("ToUserName", w.cfg.OriginalID), text("FromUserName", openid),
			number("CreateTime", strconv.FormatInt(now.Unix(), 10)), text("MsgType", string(kind)),
		}, rest...)
	}
	switch m.Kind {
	case Text:
		return head(Text, text("Content", m.Text), msgID)
	case Tap:
		return head(Text, text("Content", m.Text), msgID, number("bizmsgmenuid", m.MenuID))
	case Voice:
		return head(Voice, text("MediaId", s.id), text("Format", "amr"), msgID, text("Recognition", m.Text), text("MediaId16K", s.id16K))
	case Image:
		return head(Image, text("PicUrl", "http://mmbiz.qpic.cn/mmbiz_jpg/"+mediaID()+"/0"), text("MediaId", s.id), msgID)
	case Subscribe:
		if m.Text != "" {
			return head("event", text("Event", string(m.Kind)), text("EventKey", "qrscene_"+m.Text), text("Ticket", ticket(m.Text)))
		}
		return head("event", text("Event", string(m.Kind)), text("EventKey", ""))
	case Scan:
		return head("event", text("Event", string(m.Kind)), text("EventKey", m.Text), text("Ticket", ticket(m.Text)))
	default:
		return head("event", text("Event", string(m.Kind)), text("EventKey", m.Text))
	}
}

func mediaID() string { return randomText(64, digits+letters+"-_") }

// ticket is the one the account got when it asked for the code of this scene.
func ticket(scene string) string {
	sum := sha256.Sum256([]byte(scene))
	return "gQ" + base64.URLEncoding.EncodeToString(sum[:])
}

// nextMsgID rises like the platform's: the second in the high half. It starts at a random low half, so that a
// restarted platform does not repeat ids, and keeps rising when the clock goes back.
func (w *WeChat) nextMsgID(now time.Time) int64 {
	w.msgID = max(w.msgID+1, now.Unix()<<32|w.msgID&0x7fffffff)
	return w.msgID
}

func randomStart() int64 {
	var raw [4]byte
	_, _ = rand.Read(raw[:]) // never fails since Go 1.24
	return int64(binary.BigEndian.Uint32(raw[:]) >> 1)
}

type userInfo struct {
	Subscribe      int    `json:"subscribe"`
	OpenID         string `json:"openid"`
	Nickname       string `json:"nickname"`
	Sex            int    `json:"sex"`
	Language       string `json:"language"`
	City           string `json:"city"`
	Province       string `json:"province"`
	Country        string `json:"country"`
	HeadImgURL     string `json:"headimgurl"`
	SubscribeTime  int64  `json:"subscribe_time"`
	UnionID        string `json:"unionid,omitempty"`
	Remark         string `json:"remark"`
	GroupID        int    `json:"groupid"`
	TagIDs         []int  `json:"tagid_list"`
	SubscribeScene string `json:"subscribe_scene"`
	QRScene        int    `json:"qr_scene"`
	QRSceneStr     string `json:"qr_scene_str"`
}

// userInfo is GET /cgi-bin/user/info. Names and pictures are empty for everybody since the end of 2021; who does not
// follow has nothing but an openid.
func (w *WeChat) userInfo(c call) any {
	p := w.people[c.query.Get("openid")]
	if p == nil {
		return apiError(c.now, 40003)
	}
	if !p.Following {
		return struct {
			Subscribe int    `json:"subscribe"`
			OpenID    string `json:"openid"`
			TagIDs    []int  `json:"tagid_list"`
		}{0, p.OpenID, []int{}}
	}
	info := userInfo{
		Subscribe: 1, OpenID: p.OpenID, Language: "zh_CN", SubscribeTime: p.FollowedAt.Unix(), UnionID: p.UnionID,
		TagIDs: []int{}, SubscribeScene: "ADD_SCENE_SEARCH",
	}
	if p.Scene != "" {
		info.SubscribeScene = "ADD_SCENE_QR_CODE"
		info.QRSceneStr = p.Scene
		if n, err := strconv.Atoi(p.Scene); err == nil {
			info.QRScene, info.QRSceneStr = n, ""
		}
	}
	return info
}
