package mini

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

// judging registers what becomes of pictures that the platform did not judge.
func (a *API) judging() {
	on(a, http.MethodGet, "/villages/{id}/photos", "the village's pictures that wait for a person to look", a.unseen)
	on(a, http.MethodPost, "/photos/{hash}/judge", "pass or refuse a picture that the platform did not judge", a.judge)
}

// mostUnseen is how many pictures are shown at once; the next come when these
// are judged.
const mostUnseen = 50

type unseenBody struct {
	photoBody
	By       string    `json:"by" doc:"who handed it in"`
	At       time.Time `json:"at"`
	For      string    `json:"for" doc:"the item, or empty while nothing names the picture"`
	MayJudge bool      `json:"may_judge" doc:"false for who handed it in"`
}

type unseenListBody struct {
	Photos []unseenBody `json:"photos"`
}

func (a *API) unseen(ctx context.Context, c caller, in *idInput) (unseenListBody, error) {
	v, err := a.villageFor(ctx, c, in.ID, usecase.Confirm)
	if err != nil {
		return unseenListBody{}, err
	}
	found, err := a.Read.Unseen(ctx, v.ID, a.Now(), mostUnseen)
	body := unseenListBody{Photos: []unseenBody{}}
	for _, u := range found {
		url, thumb := a.Photos.Show(u.Hash)
		body.Photos = append(body.Photos, unseenBody{
			photoBody: photoBody{Hash: u.Hash, URL: url, Thumb: thumb}, By: u.By, At: u.At, For: u.For(), MayJudge: !slices.Contains(u.Held, c.person()),
		})
	}
	return body, err
}

type judgeInput struct {
	Hash string `path:"hash" maxLength:"64"`
	Body struct {
		Pass   bool   `json:"pass"`
		Reason string `json:"reason,omitempty" maxLength:"200" doc:"why not; needed where it does not pass"`
	}
}

func (a *API) judge(ctx context.Context, c caller, in *judgeInput) (okBody, error) {
	reason := strings.TrimSpace(in.Body.Reason)
	if err := a.clean(ctx, c, reason); err != nil {
		return okBody{}, err
	}
	out, err := a.Judge.Do(ctx, c.cmd, in.Hash, in.Body.Pass, reason)
	if err != nil || !out.Refused() {
		return okBody{true}, err
	}
	return okBody{}, saying(out, script.Unjudged(out.Code))
}
