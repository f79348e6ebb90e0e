package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/bot"
	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
	"github.com/xiangfeng/xiangfeng/domain/usecase/enrol"
	"github.com/xiangfeng/xiangfeng/domain/usecase/govern"
	"github.com/xiangfeng/xiangfeng/domain/usecase/record"
	"github.com/xiangfeng/xiangfeng/domain/usecase/tell"
	"github.com/xiangfeng/xiangfeng/handlers/callback"
	"github.com/xiangfeng/xiangfeng/handlers/phone"
	"github.com/xiangfeng/xiangfeng/jobs"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/queue"
)

// service is the product, wired: one database, one official account.
type service struct {
	cfg     config
	log     *slog.Logger
	store   *storage.Store
	redis   *storage.Redis // in process without a server: nothing is shared
	own     *storage.Redis // in process, for when that is away
	limits  *storage.Limits
	key     secret // of the installation; secret(purpose) derives from it
	clock   *clock
	metrics *metrics
	tokens  *weixin.Tokens // nil without an official account
	mini    *weixin.Mini   // nil without a Mini Program
	// miniTokens are the Mini Program's.
	miniTokens *weixin.Tokens
	photos     *photographer // nil before there are routes

	handlers map[string]queue.Handler // of the queue, by the kind of job
	schedule *jobs.Schedule
	ear      *jobs.Ear // nil without an official account
}

// openStore opens the database of a configuration, ready for use: the
// embedded one is brought up to date, a server's must have been migrated.
func openStore(ctx context.Context, dsn secret) (*storage.Store, error) {
	path, embedded := strings.CutPrefix(string(dsn), "sqlite:")
	if embedded {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
	}
	store, err := storage.Open(ctx, string(dsn))
	if err != nil {
		return nil, errors.New(script.NoDatabase())
	}
	if embedded {
		_, err = store.Migrate(ctx)
	} else if pending, asked := store.Pending(ctx); pending {
		err = errors.New(script.OldSchema())
	} else {
		err = asked
	}
	if err != nil {
		_ = store.Close()
		return nil, err
	}
	return store, nil
}

func newService(ctx context.Context, cfg config, log *slog.Logger) (*service, error) {
	key, err := cfg.key()
	if err != nil {
		return nil, err
	}
	store, err := openStore(ctx, cfg.Database)
	if err != nil {
		return nil, err
	}
	s := &service{cfg: cfg, log: log, store: store, key: key, clock: &clock{file: cfg.ClockFile}, metrics: newMetrics(), handlers: map[string]queue.Handler{}}
	if err := s.share(); err != nil {
		s.close()
		return nil, err
	}
	if err := s.clock.compare(ctx, store); err != nil {
		s.close()
		return nil, errors.New(script.NoDatabase())
	}
	return s, nil
}

// actsPerMinute is how much one person may do in a minute: many times what
// anybody does who is not a program.
const actsPerMinute = 60

// share opens what the instances share beside the database.
func (s *service) share() (err error) {
	if s.own, err = storage.RunRedis(); err != nil {
		return err
	}
	s.redis = s.own
	if s.cfg.Redis != "" {
		s.redis = storage.OpenRedis(s.cfg.Redis)
	}
	s.limits = storage.NewLimits(s.redis, s.own, actsPerMinute, s.log)
	return nil
}

func (s *service) close() {
	if s.redis != s.own {
		_ = s.redis.Close()
	}
	if s.own != nil {
		_ = s.own.Close()
	}
	if s.photos != nil {
		_ = s.photos.shelf.Close()
	}
	_ = s.store.Close()
}

// routes is everything that the service answers on its own address.
func (s *service) routes() (*http.ServeMux, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /readyz", s.ready)
	if s.cfg.OfficialAccount.configured() {
		s.ear = s.hearing()
	}
	if err := s.receivePhotos(mux); err != nil {
		return nil, err
	}
	if err := s.plan(); err != nil {
		return nil, err
	}
	if err := s.pages(mux); err != nil {
		return nil, err
	}
	if s.mini != nil {
		mux.Handle("/api/", s.api())
		mux.Handle("/m/", phone.Handler())
	}
	if !s.cfg.OfficialAccount.configured() {
		s.log.Warn(script.NoAccount())
		return mux, nil
	}
	chat, err := s.chat()
	if err != nil {
		return nil, err
	}
	mux.Handle("/wechat/callback", chat)
	return mux, nil
}

// chat is the official account's conversation, from the wire to the database.
func (s *service) chat() (http.Handler, error) {
	a := s.cfg.OfficialAccount
	receiver, err := weixin.NewReceiver(weixin.ReceiverConfig{
		AppID: a.AppID, OriginalID: a.OriginalID, Token: string(a.Token),
		AESKey: string(a.AESKey), PreviousAESKey: string(a.PreviousAESKey),
	})
	if err != nil {
		return nil, err
	}
	if err := s.talkToWeChat(); err != nil {
		return nil, err
	}
	teller, err := s.teller()
	if err != nil {
		return nil, err
	}
	media, err := weixin.NewMedia(s.cfg.Wechat.APIBaseURL, s.tokens)
	if err != nil {
		return nil, err
	}
	b := s.bot(teller, media)
	news := jobs.News{Crier: b}
	s.handlers[news.Name()] = news.Run
	if err := s.unite(); err != nil {
		return nil, err
	}
	if err := s.push(); err != nil {
		return nil, err
	}
	if s.cfg.Voice.URL != "" {
		if err := s.hear(b, media); err != nil {
			return nil, err
		}
	}
	return callback.New(receiver, b, callback.Options{
		Now: s.clock.Now, Sorry: script.Sorry, Pseudonym: pseudonym(a.Secret), Log: s.log, Metrics: s.metrics,
		Did: did(s.ear), Told: toldTo(s.ear),
	}), nil
}

// deeds is what households tell of themselves in the chat.
func (s *service) deeds(g bot.Gallery) bot.Deeds {
	once := storage.As(s.store, func(tx *storage.Tx) record.Tx { return tx })
	return bot.Deeds{Declare: record.Declare{Once: once}, Mend: record.Mend{Once: once}, Read: s.store, Gallery: g, Photos: s.photos}
}

func (s *service) bot(t bot.Teller, g bot.Gallery) *bot.Bot {
	advance := ask.Advance{Once: storage.As(s.store, func(tx *storage.Tx) ask.StepTx { return tx })}
	suggest := govern.Suggest{Once: storage.As(s.store, func(tx *storage.Tx) govern.SuggestTx { return tx })}
	helpers := govern.Helpers{Once: storage.As(s.store, func(tx *storage.Tx) govern.HelperTx { return tx })}
	choose := tell.Choose{Once: storage.As(s.store, func(tx *storage.Tx) tell.ChooseTx { return tx })}
	change := enrol.Switch{Once: storage.As(s.store, func(tx *storage.Tx) enrol.Tx { return tx })}
	return bot.New(bot.Ports{
		Read: storage.Keep(s.store), Talk: s.store, Advance: advance, Switch: change, Suggest: suggest, Choose: choose, Helpers: helpers,
		Enrol: s.desk(), Records: s.store, Teller: t, Now: s.clock.Now, Heard: s.metrics.Heard, Allow: s.limits.AllowOnce,
		Listen: s.listen(), Deeds: s.deeds(g), Disputes: s.disputes(),
	})
}

// talkToWeChat prepares what is needed to call the platform.
func (s *service) talkToWeChat() (err error) {
	c := weixin.TokensConfig{
		AppID: s.cfg.OfficialAccount.AppID, Secret: string(s.cfg.OfficialAccount.Secret),
		BaseURL: s.cfg.Wechat.APIBaseURL, Now: s.clock.Now, Cache: s.redis,
	}
	s.tokens, err = weixin.NewTokens(c)
	return err
}

// greetWeChat gets an access token early, so that an administrator reads in
// the log at once what would fail later: a wrong secret, an address that is
// not on the whitelist.
func (s *service) greetWeChat(ctx context.Context) {
	if s.tokens == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := s.tokens.Token(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("WeChat gave no access token", "error", err)
	}
}

// alive answers /healthz: the process runs.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// ready answers /readyz: what the service depends on is there. Redis is not
// needed to be right, so it does not count.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.store.Ping(ctx); err != nil {
		s.log.Warn("the database does not answer", "error", err)
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("database\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
