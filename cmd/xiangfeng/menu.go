package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/xiangfeng/xiangfeng/bot/weixin"
	"github.com/xiangfeng/xiangfeng/domain/script"
)

type menuCmd struct {
	Push menuPushCmd `cmd:"" help:"把菜单送到微信。"`
}

type menuPushCmd struct {
	Config string `help:"配置文件。" default:"config.yaml" type:"path"`
}

// Run replaces the official account's menu by the product's.
func (c menuPushCmd) Run(ctx context.Context) error {
	cfg, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	sender, err := newSender(cfg)
	if err != nil {
		return err
	}
	outcome, err := sender.PushMenu(ctx, script.Menu())
	if err != nil {
		return errors.New(script.NoWeChat(err.Error()))
	}
	if outcome.Verdict != weixin.Accepted {
		return errors.New(script.MenuRefused(outcome.Code))
	}
	fmt.Println(script.MenuPushed())
	return nil
}

// newTokens prepares access to the platform for a command that runs once.
func newTokens(cfg config) (*weixin.Tokens, error) {
	return weixin.NewTokens(weixin.TokensConfig{
		AppID: cfg.OfficialAccount.AppID, Secret: string(cfg.OfficialAccount.Secret), BaseURL: cfg.Wechat.APIBaseURL, Now: time.Now,
	})
}

func newSender(cfg config) (*weixin.Sender, error) {
	if !cfg.OfficialAccount.configured() {
		return nil, errors.New(script.NoAccount())
	}
	tokens, err := newTokens(cfg)
	if err != nil {
		return nil, err
	}
	return weixin.NewSender(cfg.Wechat.APIBaseURL, tokens)
}
