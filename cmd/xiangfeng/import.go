package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/roster"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/importing"
	"github.com/xiangfeng/xiangfeng/storage"
	"github.com/xiangfeng/xiangfeng/storage/workbook"
)

type importCmd struct {
	File     string `arg:"" optional:"" help:"填好的名册（.xlsx）。" type:"path"`
	Config   string `help:"配置文件。" default:"config.yaml" type:"path"`
	Template string `help:"把空白模板写进这个文件，不装入。" type:"path"`
	Cards    string `help:"把新卡的卡号和二维码内容写进这个文件（.xlsx），供印卡用。" type:"path"`
}

// Run takes a township's workbook in, whole or not at all.
func (c importCmd) Run(ctx context.Context) error {
	switch {
	case c.Template != "":
		return c.template()
	case c.File == "":
		return errors.New(script.NoRosterNamed())
	}
	cfg, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	sheets, key, err := readRoster(c.File)
	if err != nil {
		return err
	}
	secretKey, err := cfg.key()
	if err != nil {
		return err
	}
	store, err := openStore(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	clk := &clock{file: cfg.ClockFile}
	if err := clk.compare(ctx, store); err != nil {
		return err
	}
	act := importing.Import{
		Once:   storage.As(store, func(tx *storage.Tx) importing.Tx { return tx }),
		Random: rand.Reader, CardKey: derive(secretKey, forCards),
	}
	return c.take(ctx, act, sheets, usecase.Command{Key: key, Now: clk.Now()})
}

func (c importCmd) template() error {
	return create(c.Template, func(w io.Writer) error {
		if err := workbook.Template(w, calendar.DateOf(time.Now())); err != nil {
			return err
		}
		fmt.Println(script.RosterTemplate(c.Template))
		return nil
	})
}

// create writes a new file that only its owner can read.
func create(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return errors.New(script.RosterExists(path))
	}
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// readRoster returns the sheets of a workbook and the key under which it is
// taken in: that of its bytes.
func readRoster(path string) ([]roster.Sheet, string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", errors.New(script.NoRosterFile(path))
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	sheets, err := workbook.Read(io.TeeReader(f, sum))
	if why := roster.Refusal(""); errors.As(err, &why) {
		return nil, "", errors.New(script.RosterRefused(why))
	}
	return sheets, fmt.Sprintf("import:%x", sum.Sum(nil)), err
}

func (c importCmd) take(ctx context.Context, act importing.Import, sheets []roster.Sheet, cmd usecase.Command) error {
	today := calendar.DateOf(cmd.Now)
	r, faults, remarks := roster.Check(sheets, today)
	if len(faults) > 0 {
		return errors.New(listed(script.RosterFaults(len(faults)), faults) + told(remarks))
	}
	if c.Cards != "" {
		if _, err := os.Stat(c.Cards); err == nil {
			return errors.New(script.RosterExists(c.Cards))
		}
	}
	done, err := act.Do(ctx, cmd, r, today.Year)
	if err != nil {
		return err
	}
	if done.Before {
		fmt.Println(script.RosterBefore())
		return nil
	}
	fmt.Println(script.RosterDone(done.Changes) + told(remarks))
	return c.hand(done)
}

// listed is a heading with a line for each fault.
func listed(heading string, faults []roster.Fault) string {
	lines := []string{heading}
	for _, f := range faults {
		lines = append(lines, "- "+script.RosterFault(f))
	}
	return strings.Join(lines, "\n")
}

func told(remarks []roster.Fault) string {
	if len(remarks) == 0 {
		return ""
	}
	return "\n" + listed(script.RosterRemarks(len(remarks)), remarks)
}

// hand writes the new cards for a printer of their own; the sheet of `cards` can
// be printed at any time.
func (c importCmd) hand(done importing.Done) error {
	switch {
	case len(done.Cards) == 0:
		return nil
	case c.Cards == "":
		fmt.Println(script.RosterCardsKept(len(done.Cards)))
		return nil
	}
	err := create(c.Cards, func(w io.Writer) error {
		return workbook.Write(w, []roster.Sheet{cardSheet(done)})
	})
	if err == nil {
		fmt.Println(script.RosterCards(c.Cards, len(done.Cards)))
	}
	return err
}

func cardSheet(done importing.Done) roster.Sheet {
	homes := map[household.ID]household.Household{}
	for _, h := range done.Changes.Households {
		homes[h.ID] = h
	}
	s := roster.Sheet{Name: script.RosterCardSheet, Rows: []roster.Row{{N: 1, Cells: script.RosterCardColumns()}}}
	for i, card := range done.Cards {
		home := homes[card.Household]
		s.Rows = append(s.Rows, roster.Row{
			N: i + 2, Cells: []string{done.Changes.Places[home.Village], home.Number, home.Head, card.Number, card.Token},
		})
	}
	return s
}
