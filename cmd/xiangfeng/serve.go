package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

type serveCmd struct {
	Config string `help:"配置文件。" default:"config.yaml" type:"path"`
}

// Run serves until the process is told to stop.
func (c serveCmd) Run(ctx context.Context) error {
	cfg, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	log := newLog(os.Stderr, cfg)
	s, err := newService(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer s.close()
	mux, err := s.routes()
	if err != nil {
		return err
	}
	return s.listenAndServe(ctx, mux)
}

// listenAndServe opens both addresses before it says so, and runs until ctx ends.
func (s *service) listenAndServe(ctx context.Context, routes http.Handler) error {
	l, err := listen(s.cfg.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	defer running.Wait()
	if s.cfg.MetricsListen != "" {
		ml, err := listen(s.cfg.MetricsListen)
		if err != nil {
			return err
		}
		running.Go(func() { s.background(ctx, ml) })
	}
	running.Go(func() { s.clock.follow(ctx, s.store, s.log) })
	running.Go(func() { s.greetWeChat(ctx) })
	running.Go(func() { s.uniteEarlier(ctx) })
	running.Go(func() { s.keepUp(ctx, tickEvery) })
	running.Go(func() {
		if err := s.work(ctx); err != nil {
			s.log.Error("the queue ended", "error", err)
		}
	})
	s.log.Info(script.Serving("http://" + l.Addr().String()))
	err = serve(ctx, newServer(routes, s.log), l)
	cancel()
	return err
}

func (s *service) background(ctx context.Context, l net.Listener) {
	if err := serve(ctx, newServer(s.metrics.handler(), s.log), l); err != nil {
		s.log.Error("metrics ended", "error", err)
	}
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, errors.New(script.AddressTaken(addr))
	}
	return l, nil
}

type migrateCmd struct {
	Config string `help:"配置文件。" default:"config.yaml" type:"path"`
}

// Run brings the tables up to date, as their owner where one is configured.
func (c migrateCmd) Run(ctx context.Context) error {
	cfg, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	steps, err := migrate(ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Println(script.Migrated(steps))
	return nil
}
