package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/usecase/login"
	"github.com/xiangfeng/xiangfeng/jobs"
)

// village is all that a Union stands on: as many people as it has unions, in the
// order of their numbers from 1, each with what the platform tells of them.
type village struct {
	unions []string // "" for none at all, "-" for who does not follow, "!" for no answer
	kept   map[household.PersonID]string
	next   []login.Uniting
	asked  int
	broken bool // the database
}

func (v *village) Apart(_ context.Context, of login.Uniting, n int) (people []household.Person, err error) {
	for i := range v.unions {
		id := household.PersonID(i + 1)
		if id >= of.From && (of.To == 0 || id <= of.To) && v.kept[id] == "" && len(people) < n {
			people = append(people, household.Person{ID: id, OpenID: fmt.Sprint(i)})
		}
	}
	return people, nil
}

func (v *village) UnionID(_ context.Context, openid string) (string, error) {
	v.asked++
	var i int
	if _, err := fmt.Sscan(openid, &i); err != nil {
		return "", err
	}
	switch union := v.unions[i]; union {
	case "-":
		return "", fmt.Errorf("gone: %w", jobs.ErrNoUnion)
	case "!":
		return "", errAway
	default:
		return union, nil
	}
}

func (v *village) Unite(_ context.Context, p household.Person, union string) error {
	if v.broken {
		return errAway
	}
	v.kept[p.ID] = union
	return nil
}

func (v *village) AskUnions(_ context.Context, of login.Uniting) error {
	v.next = append(v.next, of)
	return nil
}

// many are people who all follow.
func many(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint("u", i)
	}
	return all
}

func TestUnion(t *testing.T) {
	t.Parallel()
	type kept = map[household.PersonID]string
	for name, c := range map[string]struct {
		v     village
		of    login.Uniting
		kept  kept
		asked int
		again bool // it asks for another try
	}{
		"one":                       {village{unions: []string{"a", "b", "c"}}, login.Uniting{From: 2, To: 2}, kept{2: "b"}, 1, false},
		"does not follow":           {village{unions: []string{"-"}}, login.Uniting{From: 1, To: 1}, kept{}, 1, false},
		"no open platform":          {village{unions: []string{""}}, login.Uniting{From: 1, To: 1}, kept{}, 1, false},
		"nobody any more":           {village{}, login.Uniting{From: 1, To: 1}, kept{}, 0, false},
		"all":                       {village{unions: []string{"a", "-", "c"}}, login.Uniting{From: 1}, kept{1: "a", 3: "c"}, 3, false},
		"a round without any ends":  {village{unions: []string{"-", "", "c"}}, login.Uniting{From: 1}, kept{}, 2, false},
		"away on the way":           {village{unions: []string{"a", "!", "c"}}, login.Uniting{From: 1}, kept{1: "a"}, 2, true},
		"the database was away":     {village{unions: []string{"a"}, broken: true}, login.Uniting{From: 1, To: 1}, kept{}, 1, true},
		"as many as one run can do": {village{unions: many(jobs.UnionsAtOnce - 1)}, login.Uniting{From: jobs.UnionsAtOnce - 1}, kept{jobs.UnionsAtOnce - 1: fmt.Sprint("u", jobs.UnionsAtOnce-2)}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := &c.v
			v.kept = kept{}
			payload, err := json.Marshal(c.of)
			if err != nil {
				t.Fatal(err)
			}
			err = jobs.Union{Teller: v, People: v}.Run(t.Context(), payload, 1)
			if (err != nil) != c.again || v.asked != c.asked || len(v.next) != 0 {
				t.Errorf("%v after %d questions, left %+v", err, v.asked, v.next)
			}
			if diff := cmp.Diff(c.kept, v.kept); diff != "" {
				t.Errorf("-want +kept:\n%s", diff)
			}
		})
	}
}

// TestUnionGoesOn: more people than one run asks are left to the next, and to the
// last of them all.
func TestUnionGoesOn(t *testing.T) {
	t.Parallel()
	v := &village{unions: many(2*jobs.UnionsAtOnce + 1), kept: map[household.PersonID]string{}}
	u, of := jobs.Union{Teller: v, People: v}, login.Uniting{From: 1}
	for n := 1; ; n++ {
		payload, err := json.Marshal(of)
		if err != nil {
			t.Fatal(err)
		}
		if err := u.Run(t.Context(), payload, 1); err != nil {
			t.Fatal(err)
		}
		if len(v.next) < n {
			break
		}
		of = v.next[n-1]
	}
	if len(v.kept) != len(v.unions) || v.asked != len(v.unions) || len(v.next) != 2 {
		t.Errorf("%d of %d after %d questions, in %+v", len(v.kept), len(v.unions), v.asked, v.next)
	}
}

// TestUnionWithoutAMiniProgram: nobody is asked for what nobody needs.
func TestUnionWithoutAMiniProgram(t *testing.T) {
	t.Parallel()
	v := &village{unions: []string{"a"}}
	if err := (jobs.Union{People: v}).Run(t.Context(), []byte(`{"From":1}`), 1); err != nil || v.asked != 0 {
		t.Errorf("%v after %d questions", err, v.asked)
	}
	for _, payload := range []string{`"?`, `{}`, `{"From":-1}`} {
		if err := (jobs.Union{Teller: v, People: v}).Run(t.Context(), []byte(payload), 1); err == nil {
			t.Errorf("%s names nobody", payload)
		}
	}
}
