package bot

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// households answers 换户 with the person's households, numbered.
func households() intent {
	return intent{
		name: "household", title: "换一户看",
		phrases: []string{"换户", "换一户", "切换", "换一户看"},
		match:   func(m message) bool { return m.means("household", change, 0) || changing.MatchString(m.clean) },
		handle:  (*Bot).changeHome,
	}
}

// changing is a household that is named by its place on the list: 换户2.
var changing = regexp.MustCompile(`^(?:(?:换户|换到|切换到)第?|(?:换|切换)第)([0-9]{1,2}|[一二两三四五六七八九十])[户家个]?$|^换([0-9]{1,2})[户家个]?$`)

// changeHome lists the households, or takes the one that is named: by its place,
// or as one that the person helps, which is another thing.
func (b *Bot) changeHome(ctx context.Context, m message) (Reply, error) {
	if found := changing.FindStringSubmatch(m.clean); found != nil {
		homes, _, err := b.Read.Homes(ctx, m.From)
		if n := bareNumber(found[1] + found[2]); err == nil && n >= 1 && n <= len(homes) {
			return b.switchTo(ctx, m, strconv.FormatInt(int64(homes[n-1].ID), 10))
		}
		return b.listHomes(ctx, m)
	}
	helping, err := b.helping(ctx, m)
	if err != nil {
		return Reply{}, err
	}
	for _, one := range helping.Helped {
		if m.says(one.Home.Head) {
			return b.lookForHelped(ctx, m, strconv.FormatInt(one.ID, 10))
		}
	}
	return b.listHomes(ctx, m)
}

// unchosen asks which household replies are about, before anything that needs one.
func unchosen() intent {
	return intent{
		name:   "unchosen",
		match:  func(m message) bool { return m.who.Home.ID == 0 },
		handle: (*Bot).listHomes,
	}
}

func (b *Bot) listHomes(ctx context.Context, m message) (Reply, error) {
	homes, current, err := b.Read.Homes(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	if len(homes) < 2 && m.who.Home.ID != 0 {
		return say(script.OnlyHome(m.who))
	}
	ids := make([]string, len(homes))
	for i, h := range homes {
		ids[i] = strconv.FormatInt(int64(h.ID), 10)
	}
	step := usecase.Step{Name: ask.StepHomes, Data: strings.Join(ids, " "), Until: m.now.Add(usecase.Patience)}
	if err := b.Talk.SaveStep(ctx, m.From, step); err != nil {
		return Reply{}, err
	}
	return say(script.Homes(homes, current))
}

// switchTo makes the household with the id the one that replies are about.
// The switch is an act of its own beside the answer that picked it, so its
// key is the message's with a suffix.
func (b *Bot) switchTo(ctx context.Context, m message, id string) (Reply, error) {
	homes, _, err := b.Read.Homes(ctx, m.From)
	if err != nil {
		return Reply{}, err
	}
	cmd := m.command()
	cmd.Key, cmd.Body = cmd.Key+"/switch", "household "+id
	out, err := b.Switch.Do(ctx, cmd, m.From, position(homes, id))
	if err != nil {
		return Reply{}, err
	}
	for _, h := range homes {
		if out.Code == fault.Done && h.ID == household.ID(out.Facts.Household) {
			return say(script.Switched(h))
		}
	}
	return say(script.GoneHome(m.who))
}

// position is where among the households the one with the id stands, from 1;
// 0 for nowhere.
func position(homes []script.Home, id string) int {
	for i, h := range homes {
		if strconv.FormatInt(int64(h.ID), 10) == id {
			return i + 1
		}
	}
	return 0
}
