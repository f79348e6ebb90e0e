package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/keep"
	"github.com/xiangfeng/xiangfeng/domain/village"
	"github.com/xiangfeng/xiangfeng/handlers/callback"
	"github.com/xiangfeng/xiangfeng/handlers/mini"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/photos"
)

// forPhotos is what the installation's key is for: signing addresses.
const forPhotos = "photos"

// photographer keeps the pictures that people hand in, shows them for a while
// to whom it gives their addresses, and follows what the platform finds in them.
type photographer struct {
	shelf *photos.Folder
	keep  keep.Photo
	check keep.Check
	store *storage.Store
	key   []byte // that addresses are signed with
	site  string // without a slash at its end
	now   func() time.Time
}

func (s *service) newPhotographer() (*photographer, error) {
	shelf, err := photos.OpenShelf(s.cfg.Photos)
	if err != nil {
		return nil, errors.New(script.NoPhotos(s.cfg.Photos))
	}
	return &photographer{
		shelf: shelf, store: s.store, key: s.secret(forPhotos), site: s.cfg.site(), now: s.clock.Now,
		keep:  keep.Photo{Once: storage.As(s.store, func(tx *storage.Tx) keep.Tx { return tx })},
		check: keep.Check{Once: storage.As(s.store, func(tx *storage.Tx) keep.CheckTx { return tx })},
	}, nil
}

// receivePhotos opens the shelf, shows what is on it, has it checked, and takes
// the verdicts.
func (s *service) receivePhotos(mux *http.ServeMux) (err error) {
	if s.photos, err = s.newPhotographer(); err != nil {
		return err
	}
	mux.Handle("GET /photos/{name}", mini.Album(s.photos.find))
	check := jobs.Check{Pictures: s.photos, Log: s.log}
	if s.cfg.MiniProgram.configured() {
		pushes, err := s.talkToMini()
		if err != nil {
			return err
		}
		mux.Handle("/wechat/mini", pushes)
		check.Checker = checker{s.mini}
	}
	s.handlers[check.Name()] = check.Run
	return nil
}

// talkToMini prepares what is needed to call the platform for the Mini Program,
// and answers what it pushes there.
func (s *service) talkToMini() (http.Handler, error) {
	a := s.cfg.MiniProgram
	receiver, err := weixin.NewMiniReceiver(weixin.ReceiverConfig{
		AppID: a.AppID, OriginalID: a.OriginalID, Token: string(a.Token),
		AESKey: string(a.AESKey), PreviousAESKey: string(a.PreviousAESKey),
	})
	if err != nil {
		return nil, err
	}
	s.miniTokens, err = weixin.NewTokens(weixin.TokensConfig{
		AppID: a.AppID, Secret: string(a.Secret), BaseURL: s.cfg.Wechat.APIBaseURL, Now: s.clock.Now, Cache: s.redis,
	})
	if err != nil {
		return nil, err
	}
	s.mini, err = weixin.NewMini(weixin.MiniConfig{AppID: a.AppID, Secret: string(a.Secret), BaseURL: s.cfg.Wechat.APIBaseURL, Tokens: s.miniTokens})
	return callback.NewMini(receiver, s.photos, callback.Options{Now: s.clock.Now, Log: s.log, Metrics: s.metrics, Told: s.toldMini()}), err
}

// Keep keeps a picture that the command's actor hands in for a village: first
// its pixels, then its facts. Its error is a refusal or that something is away.
func (p *photographer) Keep(ctx context.Context, cmd usecase.Command, v village.ID, r io.Reader) (script.Kept, error) {
	picture, err := photos.Read(ctx, r)
	if err != nil {
		return script.Kept{}, err
	}
	for variant, text := range map[photos.Variant][]byte{photos.Full: picture.JPEG, photos.Thumb: picture.Thumb} {
		if err := p.shelf.Put(ctx, picture.Hash, variant, text); err != nil {
			return script.Kept{}, err
		}
	}
	out, err := p.keep.Do(ctx, cmd, v, photo.Photo{
		Hash: picture.Hash, Original: picture.Original, Near: picture.Near, TakenAt: picture.TakenAt, Width: picture.Width, Height: picture.Height,
	})
	switch {
	case err != nil:
		return script.Kept{}, err
	case out.Refused():
		return script.Kept{}, fault.With(out.Code, out.Facts)
	}
	full, thumb := p.Show(picture.Hash)
	return script.Kept{Hash: picture.Hash, URL: full, Thumb: thumb, SeenBefore: out.Facts.Data == keep.Seen}, nil
}

// Show is where a kept picture and its thumbnail are seen for the next five to
// ten minutes; within five it is the same place, so that phones keep what they got.
func (p *photographer) Show(hash string) (full, thumb string) {
	until := p.now().Truncate(photos.Shown / 2).Add(photos.Shown)
	return p.site + photos.Sign(p.key, hash, photos.Full, until), p.site + photos.Sign(p.key, hash, photos.Thumb, until)
}

// find opens the picture of an address that was signed for it; fault.NotFound
// for any other.
func (p *photographer) find(ctx context.Context, name string, query url.Values) (io.ReadCloser, error) {
	name, isPicture := strings.CutSuffix(name, ".jpg")
	hash, variant, _ := strings.Cut(name, "-")
	if !isPicture || !photos.Check(p.key, hash, photos.Variant(variant), query.Get("until"), query.Get("sign"), p.now()) {
		return nil, fault.Refuse(fault.NotFound)
	}
	return p.shelf.Open(ctx, hash, photos.Variant(variant))
}

// PhotoToCheck is the store's.
func (p *photographer) PhotoToCheck(ctx context.Context, hash string) (openid string, waits bool, err error) {
	return p.store.PhotoToCheck(ctx, hash)
}

// Address is where the platform fetches a picture.
func (p *photographer) Address(hash string) string {
	return p.site + photos.Sign(p.key, hash, photos.Full, p.now().Add(photos.Shown))
}

// Asked notes under which number the platform checks a picture.
func (p *photographer) Asked(ctx context.Context, hash, trace string) error {
	return p.check.Asked(ctx, hash, trace, p.now())
}

// GiveUp leaves a picture to a person.
func (p *photographer) GiveUp(ctx context.Context, hash string) error {
	return p.check.GiveUp(ctx, hash, p.now())
}

// Judge notes what the platform found in a picture.
func (p *photographer) Judge(ctx context.Context, v weixin.MediaVerdict) error {
	found := photo.ByPerson
	switch v.Suggest {
	case weixin.Pass:
		found = photo.Passed
	case weixin.Risky:
		found = photo.Refused
	}
	return p.check.Verdict(ctx, v.Trace, found, p.now())
}

// checker asks the platform, and tells where asking again would not help.
type checker struct{ mini *weixin.Mini }

// CheckMedia returns the number under which the verdict comes.
func (c checker) CheckMedia(ctx context.Context, openid, address string) (string, error) {
	trace, err := c.mini.CheckMedia(ctx, openid, address)
	var failed *weixin.CallError
	if errors.As(err, &failed) && !failed.Passing() {
		err = errors.Join(jobs.ErrUnchecked, err)
	}
	return trace, err
}
