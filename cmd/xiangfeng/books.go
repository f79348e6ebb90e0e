package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/storage"
)

// migrate brings the tables up to date and lets the service's login use them.
func migrate(ctx context.Context, cfg config) ([]string, error) {
	owner := cfg.owner()
	if path, embedded := strings.CutPrefix(string(owner), "sqlite:"); embedded {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, err
		}
	}
	store, err := storage.Open(ctx, string(owner))
	if err != nil {
		return nil, errors.New(script.NoDatabase())
	}
	defer func() { _ = store.Close() }()
	steps, err := store.Migrate(ctx)
	if err != nil || cfg.DatabaseOwner == "" {
		return steps, err
	}
	return steps, store.GrantTo(ctx, string(cfg.Database))
}

type seedCmd struct {
	Config             string `help:"配置文件。" default:"config.yaml" type:"path"`
	Villages           int    `help:"村数。" default:"3"`
	Households         int    `help:"每村户数。" default:"67"`
	EventsPerHousehold int    `help:"每户一年的积分事件数，平均。" default:"22"`
	Year               int    `help:"年份；默认是今年。"`
	People             string `help:"把绑定了微信的人写进这个文件，一行一个 JSON。" type:"path"`
}

// Run loads an invented township or county into an empty database.
func (c seedCmd) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	cfg, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	store, err := openStore(ctx, cfg.owner())
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	empty, err := store.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return errors.New(script.NotEmpty())
	}
	clk := &clock{file: cfg.ClockFile}
	if err := clk.compare(ctx, store); err != nil {
		return err
	}
	key, err := cfg.key()
	if err != nil {
		return err
	}
	return c.load(ctx, store, calendar.DateOf(clk.Now()), derive(key, forCards))
}

// check keeps to what the sample can make.
func (c seedCmd) check() error {
	switch {
	case c.Villages < 1 || c.Households < sample.MinHouseholds || c.EventsPerHousehold < 0:
		return errors.New(script.SeedTooSmall(sample.MinHouseholds))
	case c.Year != 0 && (c.Year < firstYear || c.Year > lastYear):
		return errors.New(script.SeedYear(firstYear, lastYear))
	}
	return nil
}

// The years that a chat can name.
const (
	firstYear = 2020
	lastYear  = 2099
)

func (c seedCmd) load(ctx context.Context, store *storage.Store, today calendar.Date, cardKey []byte) error {
	o := sample.Default()
	o.CardKey, o.Levelled = cardKey, 0
	o.Villages, o.Households, o.EventsPerHousehold = c.Villages, c.Households, c.EventsPerHousehold
	o.Year, o.Until = today.Year, today
	if c.Year != 0 && c.Year != today.Year {
		o.Year, o.Until = c.Year, calendar.Date{Year: c.Year + 1, Month: 1, Day: 1}
	}
	people, done, err := c.peopleFile()
	if err != nil {
		return err
	}
	var count tally
	if err := store.Load(ctx, count.of(sample.Villages(o), people)); err != nil {
		return err
	}
	if err := errors.Join(count.err, done()); err != nil {
		return err
	}
	fmt.Println(script.Seeded(count.villages, count.households, count.entries))
	return nil
}

func (c seedCmd) peopleFile() (io.Writer, func() error, error) {
	if c.People == "" {
		return io.Discard, func() error { return nil }, nil
	}
	f, err := os.OpenFile(c.People, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}

// tally counts what passes and writes down who is bound.
type tally struct {
	villages, households, entries int
	err                           error
}

func (t *tally) of(villages iter.Seq[sample.Village], people io.Writer) iter.Seq[sample.Village] {
	out := json.NewEncoder(people)
	return func(yield func(sample.Village) bool) {
		for v := range villages {
			t.villages++
			t.households += len(v.Households)
			t.entries += len(v.Entries)
			for _, p := range bound(v) {
				if err := out.Encode(p); err != nil && t.err == nil {
					t.err = err
				}
			}
			if !yield(v) {
				return
			}
		}
	}
}

// boundPerson is a line of the people file.
type boundPerson struct {
	OpenID     string   `json:"openid"`
	MiniOpenID string   `json:"mini_openid"`
	Household  string   `json:"household"`
	Village    string   `json:"village"`
	Roles      []string `json:"roles"`
	Card       string   `json:"card"`
}

func bound(v sample.Village) []boundPerson {
	numbers := map[household.ID]string{}
	for _, h := range v.Households {
		numbers[h.ID] = h.Number
	}
	cards := map[household.ID]string{}
	for _, c := range v.Cards {
		if c.State == household.CardActive {
			cards[c.Household] = c.Number
		}
	}
	roles := map[household.PersonID][]string{}
	for _, p := range v.Posts {
		roles[p.Person] = append(roles[p.Person], string(p.Role))
	}
	out := make([]boundPerson, 0, len(v.Persons))
	for _, p := range v.Persons {
		if p.OpenID == "" {
			continue
		}
		r := roles[p.ID]
		if r == nil {
			r = []string{}
		}
		out = append(out, boundPerson{
			OpenID: p.OpenID, MiniOpenID: p.MiniOpenID, Household: numbers[p.Current], Village: v.Village.Name,
			Roles: r, Card: cards[p.Current],
		})
	}
	return out
}

type verifyCmd struct {
	Config string `help:"配置文件。" default:"config.yaml" type:"path"`
}

// Run proves that the books add up, or names the first place where they do not.
func (c verifyCmd) Run(ctx context.Context) error {
	cfg, err := loadConfig(c.Config, os.Environ())
	if err != nil {
		return err
	}
	if path, embedded := strings.CutPrefix(string(cfg.Database), "sqlite:"); embedded {
		if _, err := os.Stat(path); err != nil {
			return errors.New(script.NoDatabase()) // and not a new one, in which everything would be right
		}
	}
	store, err := openStore(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	sum, damage, err := store.Verify(ctx)
	if err != nil {
		return err
	}
	if damage != nil {
		return errors.New(damage.Found())
	}
	fmt.Println(sum.Sound())
	return nil
}
