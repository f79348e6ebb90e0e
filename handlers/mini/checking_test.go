package mini_test

import (
	"net/http"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/household"
)

// TestWhoSeesAPictureBeforeItPassed: who handed it in and who judges; colleagues
// see that it is being checked, and of a refused one nothing.
func TestWhoSeesAPictureBeforeItPassed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := township()[0]
	s := w.stage(t, v, "a")
	people := map[string]string{
		"author": s["token team_member"], "leader": s["token leader"], "deputy": s["token deputy"], "officer": s["token officer"],
		"colleague": w.signIn(t, miniOf(t, v, household.TeamMember, 1)), "auditor": s["token auditor"],
	}
	judges := map[string]bool{"author": true, "leader": true, "deputy": true, "officer": true}
	for _, state := range []string{"waiting", "person", "passed", "refused"} {
		w.execute(t, "UPDATE photo SET check_state = '"+state+"' WHERE hash = '"+s["photo"]+"'")
		for name, token := range people {
			var read struct {
				Photos []struct {
					Hash, URL, Thumb string
					Checking         bool
				}
			}
			w.call(http.MethodGet, "/records/"+s["record"], token, nil).into(t, &read)
			seen, checking := false, false
			for _, p := range read.Photos {
				seen, checking = seen || p.URL+p.Thumb != "", checking || p.Checking
			}
			wantSeen := judges[name] || state == "passed"
			wantChecking := !wantSeen && state != "refused"
			if seen != wantSeen || checking != wantChecking {
				t.Errorf("%s, to the %s: %+v", state, name, read.Photos)
			}
		}
	}
}
