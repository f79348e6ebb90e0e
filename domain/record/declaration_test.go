package record_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/record"
)

var member = household.Staff{Person: 21, Households: []household.ID{wang.ID}}

func TestDeclare(t *testing.T) {
	t.Parallel()
	moved, elsewhere := wang, wang
	moved.State, elsewhere.Village = household.Merged, qingshi.ID
	for _, test := range []struct {
		name    string
		who     household.Staff
		home    household.Household
		words   string
		on      calendar.Date
		photos  int
		waiting int
		want    fault.Code
	}{
		{"a member", member, wang, "门前打扫干净了", day, 1, 0, ""},
		{"the shortest", member, wang, "扫街", day, 0, 4, ""},
		{"the most pictures", member, wang, "扫街", day, 9, 0, ""},
		{"too many pictures", member, wang, "扫街", day, 10, 0, fault.Invalid},
		{"too short", member, wang, "扫", day, 0, 0, fault.Invalid},
		{"too long", member, wang, strings.Repeat("长", 201), day, 0, 0, fault.Invalid},
		{"tomorrow", member, wang, "扫街", calendar.On(2026, 5, 21), 0, 0, fault.InFuture},
		{"long ago", member, wang, "扫街", calendar.On(2026, 3, 20), 0, 0, fault.TooOld},
		{"one too many", member, wang, "扫街", day, 0, 5, fault.TooMany},
		{"a neighbour", household.Staff{Person: 22, Households: []household.ID{40}}, wang, "扫街", day, 0, 0, fault.NotFound},
		{"the leader for others", staff(23, household.Leader, hongqiao), wang, "扫街", day, 0, 0, fault.NotFound},
		{"who moved away", member, moved, "扫街", day, 0, 0, fault.Gone},
		{"in another village", member, elsewhere, "扫街", day, 0, 0, fault.NotFound},
	} {
		d, err := record.Declare(scene(test.who), test.home, test.words, test.on, slices.Repeat([]record.PhotoHash{yard}, test.photos), test.waiting)
		if got := fault.CodeOf(err); got != test.want {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if err == nil && (d.Household != wang.ID || d.Declarer != 21 || d.State != record.DeclarationWaiting || d.DeclaredAt != noon || len(d.Photos) != test.photos) {
			t.Errorf("%s: %+v", test.name, d)
		}
	}
}

func TestPicturesOfADeclarationShowWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	d := record.Declaration{Words: "院边栽桂花", On: day, Photos: []record.PhotoHash{yard, cleaned}, DeclaredAt: noon}
	for evidence, want := range map[string]catalogue.Proof{"photo": "photo", "before_after": "before_after", "certificate before_after": "before_after", "minutes": "photo"} {
		draft := d.Draft(catalogue.Item{Evidence: evidence})
		if len(draft.Evidence) != 2 || draft.Evidence[0] != picture(want, yard) || draft.Evidence[1] != picture(want, cleaned) ||
			draft.Note != d.Words || draft.On != day || draft.NotedAt != noon || draft.AtDoor {
			t.Errorf("%s: %+v", evidence, draft)
		}
	}
}

func TestDecideDeclaration(t *testing.T) {
	t.Parallel()
	d := record.Declaration{ID: 4, Village: hongqiao.ID, Household: wang.ID, Declarer: 21, State: record.DeclarationWaiting}
	team := staff(11, household.TeamMember, hongqiao, 40)
	after, err := d.Decline(scene(team), wang, "照片看不清，请补拍")
	if err != nil || after.State != record.DeclarationDeclined || after.Decider != 11 || after.Reason != "照片看不清，请补拍" || after.DecidedAt != noon {
		t.Errorf("%+v, %v", after, err)
	}
	kin, moved := scene(team), wang
	kin.Kin.Declare(40, wang.ID, household.Spouse)
	moved.State = household.Gone
	for name, err := range map[string]error{
		"twice":                 second(after.Decline(scene(team), wang, "再来")),
		"without a reason":      second(d.Decline(scene(team), wang, "")),
		"by a villager":         second(d.Decline(scene(household.Staff{Person: 11}), wang, "不行")),
		"by kin":                second(d.Decline(kin, wang, "不行")),
		"by the household":      second(d.Decline(scene(staff(21, household.TeamMember, hongqiao, wang.ID)), wang, "不行")),
		"taken":                 d.Take(11, 3, noon).MayTake(scene(team), wang),
		"taken for the gone":    d.MayTake(scene(team), moved),
		"declined for the gone": second(d.Decline(scene(team), moved, "已迁走")),
		"waiting":               d.MayTake(scene(team), wang),
	} {
		want := map[string]fault.Code{
			"twice": fault.Conflict, "without a reason": fault.Invalid, "by a villager": fault.Forbidden, "by kin": fault.Kin, "by the household": fault.Kin, "taken": fault.Conflict, "taken for the gone": fault.Gone,
		}[name]
		if got := fault.CodeOf(err); got != want {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

func second(_ record.Declaration, err error) error { return err }
