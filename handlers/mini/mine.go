package mini

import (
	"context"
	"net/http"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/points"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase/ask"
)

// mine registers what a household's own people read of it.
func (a *API) mine() {
	on(a, http.MethodGet, "/households/{id}/points", "my household's points", a.points)
	on(a, http.MethodGet, "/households/{id}/lines", "my household's lines", a.lines)
	on(a, http.MethodGet, "/households/{id}/rank", "my household's rank", a.rank)
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

type lineBody struct {
	Number     int    `json:"number" doc:"for ever the same; 0 until confirmed"`
	On         string `json:"on"`
	Title      string `json:"title"`
	Points     string `json:"points"`
	Tenths     int    `json:"tenths"`
	State      string `json:"state" enum:"pending,confirmed"`
	StateWords string `json:"state_words"`
	Kind       string `json:"kind"`
	Note       string `json:"note"`
	Recorder   string `json:"recorder"`
	Confirmer  string `json:"confirmer"`
	Disputable bool   `json:"disputable" doc:"its household can object to it, and has not"`
	Mark       string `json:"mark" doc:"what became of an objection to it; empty for none"`
}

func newLine(l script.Line) lineBody {
	body := lineBody{
		Number: l.No, On: l.OccurredOn.String(), Title: l.What(), Points: l.Tenths.Signed(), Tenths: int(l.Tenths), Kind: string(l.Kind),
		Note: l.Reason, Recorder: l.Recorder, Confirmer: l.Confirmer,
		Disputable: !l.Pending() && l.Mark == script.Unmarked && dispute.Disputable(l.Kind), Mark: script.MarkWords(l.Mark),
	}
	state := record.Confirmed
	if l.Pending() {
		state = record.Pending
	}
	body.State, body.StateWords = string(state), script.EventState(state)
	return body
}

func newLines(lines []script.Line) []lineBody {
	body := make([]lineBody, len(lines))
	for i, l := range lines {
		body[i] = newLine(l)
	}
	return body
}

type pointsBody struct {
	Household       homeBody   `json:"household"`
	Year            int        `json:"year" doc:"0 where there is no account yet"`
	Score           string     `json:"score"`
	Tenths          int        `json:"tenths"`
	Pending         string     `json:"pending" doc:"what waits to be confirmed, in sum; empty for nothing"`
	PendingCount    int        `json:"pending_count"`
	Place           int        `json:"place" doc:"on the newest sheet; 0: not ranked"`
	Of              int        `json:"of"`
	AsOf            string     `json:"as_of"`
	Redeemable      string     `json:"redeemable"`
	RedeemableWords string     `json:"redeemable_words"`
	Newest          []lineBody `json:"newest"`
}

func (a *API) points(ctx context.Context, c caller, in *idInput) (pointsBody, error) {
	s, err := a.standing(ctx, c, in.ID)
	if err != nil {
		return pointsBody{}, err
	}
	body := pointsBody{Household: a.home(s.Home), Newest: []lineBody{}, PendingCount: s.Pending, RedeemableWords: script.Purse(s, a.Now())}
	if s.Pending > 0 {
		body.Pending = s.PendingSum.Signed()
	}
	body.Place, body.Of, body.AsOf = placed(s.Sheet)
	if len(s.Accounts) == 0 {
		return body, nil
	}
	newest, sum := s.Accounts[0], points.Tenths(0)
	for _, account := range s.Accounts {
		sum += account.Redeemable(s.Progress)
	}
	body.Year, body.Score, body.Tenths, body.Redeemable = newest.Year, newest.Score.String(), int(newest.Score), sum.String()
	body.Newest = newLines(newest.Newest)
	return body, nil
}

func placed(p *script.Placing) (place, of int, asOf string) {
	if p == nil {
		return 0, 0, ""
	}
	return p.Rank, p.Of, script.AsOf(p.Quarter)
}

func (a *API) standing(ctx context.Context, c caller, id string) (script.Standing, error) {
	h, err := a.ownHome(c, id)
	if err != nil {
		return script.Standing{}, err
	}
	return a.Read.StandingOf(ctx, c.person(), h)
}

type linesInput struct {
	ID     string `path:"id" maxLength:"64"`
	Year   int    `query:"year" minimum:"2000" maximum:"2999" doc:"this year where left out"`
	Before int    `query:"before" minimum:"0" maximum:"100000" doc:"the next of the page before, 0 for the first page"`
}

type linesBody struct {
	Year  int        `json:"year"`
	Lines []lineBody `json:"lines"`
	More  bool       `json:"more"`
	Next  int        `json:"next" doc:"what the next page is before; 0 at the end"`
}

// linesPage is how many lines there are on a page, beside those that wait.
const linesPage = 20

func (a *API) lines(ctx context.Context, c caller, in *linesInput) (linesBody, error) {
	h, err := a.ownHome(c, in.ID)
	if err != nil {
		return linesBody{}, err
	}
	if in.Year == 0 {
		in.Year = calendar.DateOf(a.Now()).Year
	}
	page, err := a.Read.LinesOf(ctx, c.person(), h, ask.Query{Year: in.Year, Before: in.Before, Limit: linesPage})
	return linesBody{Year: in.Year, Lines: newLines(page.Lines), More: page.Next != 0, Next: page.Next}, err
}

type rowBody struct {
	Place int    `json:"place"`
	Name  string `json:"name"`
	Score string `json:"score"`
	Own   bool   `json:"own"`
}

func newRows(rows []script.Row) []rowBody {
	body := make([]rowBody, len(rows))
	for i, r := range rows {
		body[i] = rowBody{r.Rank, r.Name, r.Score.String(), r.Own}
	}
	return body
}

type rankBody struct {
	Place  int       `json:"place"`
	Of     int       `json:"of"`
	Score  string    `json:"score"`
	AsOf   string    `json:"as_of"`
	Around []rowBody `json:"around"`
	Top    []rowBody `json:"top"`
	Why    string    `json:"why" doc:"why there is no place, or why villages are not compared"`
}

func (a *API) rank(ctx context.Context, c caller, in *idInput) (rankBody, error) {
	s, err := a.standing(ctx, c, in.ID)
	if err != nil {
		return rankBody{}, err
	}
	body := rankBody{Around: []rowBody{}, Top: []rowBody{}, Why: script.WhyPlace(s.Sheet)}
	if s.Sheet == nil {
		return body, nil
	}
	rows, err := a.Read.RowsOf(ctx, c.person(), s.Home.ID)
	if err != nil {
		return rankBody{}, err
	}
	ranking := ask.Around(s, rows)
	body.Place, body.Of, body.AsOf = placed(s.Sheet)
	body.Score, body.Around, body.Top = s.Sheet.Score.String(), newRows(ranking.Near), newRows(ranking.Top)
	return body, nil
}
