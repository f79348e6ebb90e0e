package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/cards"
	"github.com/xiangfeng/xiangfeng/domain/usecase/door"
	"github.com/xiangfeng/xiangfeng/handlers/console"
	"github.com/xiangfeng/xiangfeng/storage"
)

type cardsCmd struct {
	Config  string `help:"配置文件。" default:"config.yaml" type:"path"`
	Village string `help:"村名；同名的村前面加镇名。"`
	Out     string `help:"写进这个文件，用浏览器打开后打印。" default:"cards.html" type:"path"`
}

// Run writes the sheet of a village's cards, as the console shows it.
func (c cardsCmd) Run(ctx context.Context) error {
	s, err := atShell(ctx, c.Config)
	if err != nil {
		return err
	}
	defer s.close()
	v, err := c.village(ctx, s.store)
	if err != nil {
		return err
	}
	homes, err := s.store.CardHomes(ctx, v.Village.ID)
	if err != nil {
		return err
	}
	sheet, err := s.press().Sheet(v, homes)
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.Out); err == nil {
		return errors.New(script.RosterExists(c.Out))
	}
	print := cards.Print{Once: storage.As(s.store, func(tx *storage.Tx) cards.Tx { return tx })}
	if _, err := print.Do(ctx, s.shellCommand(), usecase.Caller{Administrator: true}, v.Village.ID); err != nil {
		return err
	}
	if err := create(c.Out, func(w io.Writer) error { return console.WriteSheet(w, sheet) }); err != nil {
		return err
	}
	fmt.Println(script.CardsWritten(c.Out, sheet.Printed(), len(homes)))
	return nil
}

// village finds the one village of a name, or the only one there is.
func (c cardsCmd) village(ctx context.Context, store *storage.Store) (script.CardVillage, error) {
	all, err := store.CardVillages(ctx)
	if err != nil {
		return script.CardVillage{}, err
	}
	var found []script.CardVillage
	for _, v := range all {
		if c.Village == "" || c.Village == v.Village.Name || c.Village == v.Township+v.Village.Name {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return script.CardVillage{}, errors.New(script.CardNoVillage(c.Village, all))
	}
	return found[0], nil
}

type adminLinkCmd struct {
	Config string `help:"配置文件。" default:"config.yaml" type:"path"`
}

// Run prints a link that opens the console once, as administrator.
func (c adminLinkCmd) Run(ctx context.Context) error {
	s, err := atShell(ctx, c.Config)
	if err != nil {
		return err
	}
	defer s.close()
	var secret door.Secret
	_, _ = rand.Read(secret[:]) // never fails
	code := secret.Code()
	out, err := door.Invite{Once: s.doors()}.Do(ctx, s.shellCommand(), door.Hash(code))
	if err == nil && out.Refused() {
		err = fault.Refuse(out.Code)
	}
	if err != nil {
		return err
	}
	fmt.Println(script.AdminLink(s.cfg.site() + "/console/first/" + code))
	return nil
}

// atShell opens the service for a command of whoever has the server's shell.
func atShell(ctx context.Context, path string) (*service, error) {
	cfg, err := loadConfig(path, os.Environ())
	if err != nil {
		return nil, err
	}
	return newService(ctx, cfg, newLog(os.Stderr, cfg))
}

func (s *service) shellCommand() usecase.Command {
	return usecase.Command{Key: "shell:" + rand.Text(), Now: s.clock.Now()}
}
