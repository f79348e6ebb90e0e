// Package bot turns a chat message into a reply: it finds out what the
// villager means and asks the use case that answers it. It knows nothing of
// WeChat; bot/weixin translates.
package bot

import "time"

// Kind says what a person did in the chat.
type Kind string

// The kinds of update that the bot tells apart. Everything else that the
// platform pushes is answered at the rim and never reaches the bot.
const (
	Text        Kind = "text"        // typed words, or a tap on a numbered choice
	Voice       Kind = "voice"       // Words holds the platform's recognition, often empty
	Image       Kind = "image"       // MediaID names the picture
	Follow      Kind = "follow"      // subscribed; EventKey holds the scene without "qrscene_"
	Unfollow    Kind = "unfollow"    // unsubscribed
	Click       Kind = "click"       // menu entry; EventKey is its key
	Scan        Kind = "scan"        // a parametric code scanned by a follower; EventKey is the scene
	Unsupported Kind = "unsupported" // a message of a type that nobody can act on: video, location, link
)

// Update is one thing that one person did in the chat of the official account.
type Update struct {
	// Key is the same for every delivery of the same message, and no other:
	// the platform's MsgId, or for an event "from|create time|event|event key".
	Key string
	// From is the person's openid at the official account.
	From string
	Kind Kind
	// Words is what was typed or recognised, trimmed, without characters that
	// XML forbids; at most 2,048 bytes.
	Words string
	// Guessed says that our own engine made out the words from a recording, and
	// not the person or the platform: such words never agree to anything.
	Guessed  bool
	EventKey string
	// MenuID is the id of a tapped chat menu entry (bizmsgmenuid), if any.
	MenuID  string
	MediaID string
	// At is the platform's CreateTime.
	At time.Time
}

// Reply is what the person reads. The zero Reply says nothing.
type Reply struct {
	Text string // at most 2,048 bytes of UTF-8
}
