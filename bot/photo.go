package bot

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	villages "github.com/xiangfeng/xiangfeng/domain/village"
)

// Gallery fetches a picture by the id that the platform keeps it under.
type Gallery interface {
	Picture(ctx context.Context, id string) (data []byte, err error)
}

// Photographer keeps a picture of the command's actor for a village. Its error
// is a refusal where it is no picture.
type Photographer interface {
	Keep(ctx context.Context, cmd usecase.Command, v villages.ID, r io.Reader) (script.Kept, error)
}

// fetching a picture takes no more of a reply's time than this.
const fetchWithin = 3 * time.Second

// photo takes a picture where a question asks for one, and asks what any other
// is for: none is ever filed by itself.
func photo() intent {
	return intent{
		name:   "photo",
		match:  func(m message) bool { return m.Kind == Image && m.who.Home.ID != 0 },
		handle: (*Bot).photo,
		acts: map[string]act{
			"photo-declare": func(b *Bot, ctx context.Context, m message, media string) (Reply, error) {
				return b.takePhoto(ctx, m, deed{what: declaring, home: m.who.Home.ID}, media)
			},
			"photo-mend": (*Bot).mendByPhoto,
			"photo-drop": func(_ *Bot, _ context.Context, m message, _ string) (Reply, error) {
				return say(script.PhotoDropped(m.who))
			},
		},
	}
}

func (b *Bot) photo(ctx context.Context, m message) (Reply, error) {
	step, err := b.Talk.OpenStep(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	media := url.QueryEscape(m.MediaID)
	if d, ok := deedOf(step); ok && step.Open(m.now) && d.home == m.who.Home.ID {
		return b.takePhoto(ctx, m, d, media)
	}
	if c, ok := claimOf(step); ok && step.Open(m.now) {
		return b.takeClaimPhoto(ctx, m, c, media)
	}
	return b.ask(ctx, m, script.Photo(m.who), "photo-declare:"+media, "photo-mend:"+media, "photo-drop:")
}

// mendByPhoto takes a picture for what is to be mended; media is the picture, and
// before it, where one of several was picked, the warning.
func (b *Bot) mendByPhoto(ctx context.Context, m message, with string) (Reply, error) {
	id, media, picked := strings.Cut(with, "/")
	if !picked {
		media = id
	}
	open, err := b.Deeds.Read.WarningsOf(ctx, m.who.Home.ID)
	switch {
	case err != nil:
		return Reply{}, err
	case len(open) == 0:
		return say(script.NoWarning(m.who))
	case !picked && len(open) > 1:
		choices := make([]string, 0, len(open)+1)
		for _, w := range open {
			choices = append(choices, "photo-mend:"+strconv.FormatInt(int64(w.ID), 10)+"/"+media)
		}
		return b.ask(ctx, m, script.WhichMend(m.who, open), append(choices, "photo-declare:"+media)...)
	case !picked:
		id = strconv.FormatInt(int64(open[0].ID), 10)
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return Reply{}, err
	}
	return b.takePhoto(ctx, m, deed{what: mending, home: m.who.Home.ID, warning: n}, media)
}

// takePhoto keeps a picture for a deed, and asks on. The same picture again
// changes nothing.
func (b *Bot) takePhoto(ctx context.Context, m message, d deed, media string) (Reply, error) {
	hash, why := b.keepPhoto(ctx, m, m.who, media)
	switch {
	case why != "":
		return say(why)
	case slices.Contains(d.photos, hash):
	case len(d.photos) >= record.MostPhotos:
		return say(script.ManyPhotos(m.who))
	default:
		d.photos = append(d.photos, hash)
	}
	return b.askOn(ctx, m, d)
}

// keepPhoto keeps a picture for the village of what it is about. Where it was not
// kept it tells the person why.
func (b *Bot) keepPhoto(ctx context.Context, m message, about script.Standing, media string) (hash, why string) {
	if !b.allowed(ctx, m) {
		return "", script.TooFast(about)
	}
	kept, err := b.fetchPhoto(ctx, m, media, about.Place.Village)
	switch code := fault.CodeOf(err); {
	case code != "":
		return "", script.PhotoRefused(about, code)
	case err != nil:
		return "", script.PhotoLost(about)
	}
	return kept.Hash, ""
}

func (b *Bot) fetchPhoto(ctx context.Context, m message, media string, v villages.ID) (script.Kept, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	id, err := url.QueryUnescape(media)
	if err != nil {
		return script.Kept{}, err
	}
	data, err := b.Deeds.Gallery.Picture(ctx, id)
	if err != nil {
		return script.Kept{}, err
	}
	cmd := m.command()
	cmd.Key += "/photo"
	return b.Deeds.Photos.Keep(ctx, cmd, v, bytes.NewReader(data))
}
