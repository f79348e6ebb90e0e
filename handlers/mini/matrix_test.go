package mini_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/sample"
	"github.com/xiangfeng/xiangfeng/handlers/mini"
)

// who asks: the roles, somebody of a household without a post, and a stranger.
const (
	plain    household.Role = "plain"
	stranger household.Role = "stranger"
)

var everybody = []household.Role{
	household.TeamMember, household.Deputy, household.Leader, household.Shopkeeper, household.Officer, household.Auditor, plain, stranger,
}

// Who may do what with the things of their own village; nobody with another's.
var (
	team       = []household.Role{household.TeamMember, household.Deputy, household.Leader}
	onlookers  = append(slices.Clone(team), household.Officer, household.Auditor)
	villagers  = slices.DeleteFunc(slices.Clone(everybody), func(r household.Role) bool { return r == stranger })
	deciders   = []household.Role{household.Deputy, household.Leader, household.Officer}
	leaders    = []household.Role{household.Deputy, household.Leader}
	recorder   = []household.Role{household.TeamMember} // who recorded what is in the scene
	family     = []household.Role{plain}                // whose household it is
	office     = []household.Role{household.Officer, household.Auditor}
	overseers  = append(slices.Clone(deciders), household.Auditor)
	consenters = []household.Role{household.Officer}
	judges     = append(slices.Clone(team), household.Officer) // the office where it went up
	posted     = slices.DeleteFunc(slices.Clone(villagers), func(r household.Role) bool { return r == plain })
)

// scene is what there is to act on in a village.
type scene map[string]string

// row is one address: what is asked there, of what, and who may.
type row struct {
	body string // {name} is the scene's
	may  []household.Role
	own  bool // concerns the caller alone: the village does not matter
}

// matrix has a row for each address that needs a session.
var matrix = map[string]row{
	"GET /me":                                         {own: true, may: everybody},
	"PUT /me/settings":                                {own: true, may: everybody, body: `{"scale":1.3}`},
	"POST /me/consent":                                {own: true, may: everybody, body: `{"version":"2026-11"}`},
	"POST /link/phone":                                {own: true, may: everybody, body: `{"code":"spent"}`},
	"POST /link/card":                                 {own: true, may: everybody, body: `{"card":"XF-AAAAAAAA","digits":"0000"}`},
	"GET /waiting":                                    {own: true, may: everybody},
	"GET /villages/{id}/catalogue":                    {may: villagers},
	"GET /villages/{id}/phones":                       {may: leaders},
	"GET /villages/{id}/households":                   {may: onlookers},
	"GET /villages/{id}/team":                         {may: onlookers},
	"GET /villages/{id}/visits":                       {may: onlookers},
	"GET /villages/{id}/asides":                       {may: onlookers},
	"GET /villages/{id}/declarations":                 {may: onlookers},
	"GET /villages/{id}/warnings":                     {may: onlookers},
	"GET /households/{id}/points":                     {may: family},
	"GET /households/{id}/lines":                      {may: family},
	"GET /households/{id}/rank":                       {may: family},
	"GET /households/{id}/declarations":               {may: family},
	"GET /households/{id}/warnings":                   {may: family},
	"GET /cards/{card}":                               {may: append(slices.Clone(onlookers), plain)},
	"POST /photos":                                    {may: villagers, body: "{photo}"},
	"GET /villages/{id}/photos":                       {may: deciders},
	"POST /photos/{hash}/judge":                       {may: deciders, body: `{"pass":false,"reason":"看不清"}`},
	"POST /records":                                   {may: team, body: `{"village":"{village}","targets":[{"household":"{home}"}],"item":"{item}","on":"2026-11-20","evidence":{evidence}}`},
	"GET /records":                                    {may: onlookers},
	"GET /records/{id}":                               {may: onlookers},
	"POST /events/{id}/withdraw":                      {may: recorder, body: `{"reason":"记错了"}`},
	"POST /events/{id}/correct":                       {may: recorder, body: `{"item":"{item}","on":"2026-11-19"}`},
	"POST /visits":                                    {may: team, body: `{"village":"{village}","target":{"card":"{card}"},"on":"2026-11-20"}`},
	"POST /asides/{id}/take":                          {may: team},
	"POST /asides/{id}/drop":                          {may: team, body: `{"reason":"不是这一户"}`},
	"POST /declarations":                              {may: family, body: `{"household":"{home}","words":"帮邻居收红薯","on":"2026-11-20"}`},
	"POST /declarations/{id}/take":                    {may: team, body: `{"item":"{item}","evidence":{evidence}}`},
	"POST /declarations/{id}/decline":                 {may: team, body: `{"reason":"没有核实到"}`},
	"POST /warnings":                                  {may: team, body: `{"village":"{village}","target":{"household":"{home}"},"item":"{bad}","photos":["{photo}"]}`},
	"POST /warnings/{id}/mend":                        {may: family, body: `{"words":"改好了"}`},
	"POST /warnings/{id}/close":                       {may: team, body: `{"mended":true}`},
	"GET /villages/{id}/quarters":                     {may: villagers},
	"GET /villages/{id}/quarters/{quarter}":           {may: onlookers},
	"GET /villages/{id}/quarters/{quarter}/events":    {may: onlookers},
	"GET /villages/{id}/quarters/{quarter}/preview":   {may: onlookers},
	"GET /villages/{id}/quarters/{quarter}/sheet":     {may: villagers},
	"POST /villages/{id}/quarters/{quarter}/sign":     {may: team, body: `{"digest":"0000"}`},
	"POST /villages/{id}/quarters/{quarter}/publish":  {may: leaders, body: `{"digest":"0000","minutes":"评议会记录"}`},
	"POST /villages/{id}/quarters/{quarter}/withdraw": {may: deciders, body: `{"reason":"数算错了"}`},
	// the first of them decides; what the office leaves to the village is tested apart
	"POST /events/confirm":                            {may: deciders, body: `{"ids":["{event}"]}`},
	"POST /events/{id}/confirm":                       {may: deciders, body: `{}`},
	"POST /events/{id}/return":                        {may: deciders, body: `{"reason":"请补拍"}`},
	"POST /events/{id}/reject":                        {may: deciders, body: `{"reason":"没有这回事"}`},
	"POST /disputes":                                  {may: family, body: `{"household":"{home}","year":2026,"line":0,"words":"少记了一次扫院坝"}`},
	"GET /households/{id}/disputes":                   {may: family},
	"GET /villages/{id}/disputes":                     {may: onlookers},
	"GET /townships/{id}/disputes":                    {may: office},
	"GET /disputes/{id}":                              {may: append(slices.Clone(onlookers), plain)},
	"POST /disputes/{id}/accept":                      {may: team},
	"POST /disputes/{id}/extend":                      {may: judges, body: `{"reason":"证人外出了，要等他回来"}`},
	"POST /disputes/{id}/decide":                      {may: judges, body: `{"stands":true,"reason":"问过在场的三户人家"}`},
	"POST /disputes/{id}/withdraw":                    {may: family},
	"POST /disputes/{id}/nudge":                       {may: family},
	"POST /disputes/{id}/agree":                       {may: family},
	"POST /disputes/{id}/appeal":                      {may: family, body: `{"words":"还是不对，请镇上看"}`},
	"GET /villages/{id}/quarters/{quarter}/alarms":    {may: overseers},
	"POST /villages/{id}/quarters/{quarter}/override": {may: consenters, body: `{"reason":"全村抢险，核实属实"}`},
	"GET /villages/{id}/untold":                       {may: overseers},
	"POST /alarms/{id}/close":                         {may: deciders, body: `{"outcome":"explained","words":"组员住院，月底补录"}`},
	"GET /townships/{id}/summary":                     {may: office},
	"GET /console/{code}":                             {own: true, may: posted},
	"POST /console/{code}/confirm":                    {own: true, may: posted},
}

// things are what an address's {id} names.
var things = map[string]string{
	"villages": "village", "households": "home", "records": "record", "events": "event", "asides": "aside", "declarations": "declaration", "warnings": "warning",
	"disputes": "dispute", "alarms": "alarm", "townships": "township",
}

// addresses are all that the API describes, without its prefix.
func addresses(a *mini.API) (found []string) {
	for path, item := range a.OpenAPI().Paths {
		for method, op := range map[string]any{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete, http.MethodPatch: item.Patch} {
			if fmt.Sprint(op) != "<nil>" {
				found = append(found, method+" "+strings.TrimPrefix(path, mini.Prefix))
			}
		}
	}
	slices.Sort(found)
	return found
}

// public are the addresses that need no session.
var public = []string{"POST /login", "POST /logout"}

// TestMatrix walks every address for eight people, with the things of their own
// village and of another one. It fails where an address is missing from the matrix.
func TestMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := append(slices.Sorted(maps.Keys(matrix)), public...)
	slices.Sort(want)
	if got := addresses(w.API); !slices.Equal(got, want) {
		t.Fatalf("the matrix has\n%q\nbut there are\n%q", want, got)
	}
	here, there := w.stage(t, township()[0], "a"), w.stage(t, township()[1], "b")
	nowhere := maps.Clone(there)
	for kind, name := range map[string]string{"hous": "home", "vill": "village", "reco": "record", "even": "event", "asid": "aside", "decl": "declaration", "warn": "warning", "disp": "dispute", "alar": "alarm", "town": "township"} {
		nowhere[name] = w.ids.Seal(kind, 987_654_321)
	}
	nowhere["card"], nowhere["unseen"] = "XF-ZZZZZZZZ", strings.Repeat("0", 64)
	tried := 0
	for _, address := range slices.Sorted(maps.Keys(matrix)) {
		for _, role := range everybody {
			token, r := here["token "+string(role)], matrix[address]
			got := w.ask(address, token, here)
			allowed := slices.Contains(r.may, role)
			if refused := got.status == http.StatusForbidden || got.status == http.StatusNotFound || got.status == http.StatusUnauthorized; refused == allowed {
				if !(r.own && allowed && strings.Contains(address, "console") && got.status == http.StatusNotFound) { // there is no such code
					t.Errorf("%s as %s in the own village: %d %s", address, role, got.status, got.body)
				}
			}
			if got.status >= 500 || got.status == http.StatusBadRequest {
				t.Errorf("%s as %s: %d %s", address, role, got.status, got.body)
			}
			tried++
			if r.own {
				tried++
				continue
			}
			foreign, missing := w.ask(address, token, there), w.ask(address, token, nowhere)
			if foreign.status != http.StatusNotFound || foreign.body != missing.body || foreign.status != missing.status {
				t.Errorf("%s as %s: in another village %d %s, of nothing at all %d %s", address, role, foreign.status, foreign.body, missing.status, missing.body)
			}
			tried++
		}
		if got := w.ask(address, "", here); got.status != http.StatusUnauthorized {
			t.Errorf("%s without a session: %d %s", address, got.status, got.body)
		}
	}
	if tried < 570 {
		t.Errorf("only %d were tried", tried)
	}
}

// quarterOf is the quarter that an address is asked about: what hung last, or
// what is running.
func quarterOf(path string) string {
	if strings.HasSuffix(path, "/sheet") {
		return "2026Q3"
	}
	return "2026Q4"
}

// ask calls an address with the things of a scene.
func (w *world) ask(address, token string, s scene) answer {
	method, path, _ := strings.Cut(address, " ")
	folder, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	path = strings.NewReplacer("{id}", s[things[folder]], "{card}", s["card"], "{hash}", s["unseen"], "{quarter}", quarterOf(path), "{code}", strings.Repeat("c", 43)).Replace(path)
	if address == "POST /photos" {
		return w.do(w.upload(token, "picture of "+token, map[string]string{"village": s["village"]}))
	}
	if address == "GET /records" {
		path += "?village=" + s["village"]
	}
	if method == http.MethodGet {
		return w.call(method, path, token, nil)
	}
	var pairs []string
	for name, value := range s {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return w.call(method, path, token, strings.NewReplacer(pairs...).Replace(matrix[address].body))
}

// stage signs everybody of a village in and lets something of each kind happen.
func (w *world) stage(t *testing.T, v sample.Village, name string) scene {
	t.Helper()
	person, home := villager(t, v, 0)
	good, bad := w.itemsFor(t, v)
	s := scene{
		"village": w.ids.Seal("vill", int64(v.Village.ID)), "township": w.ids.Seal("town", int64(v.Village.Township)), "home": w.ids.Seal("hous", int64(home.ID)), "card": cardOf(t, v, home.ID),
		"item": good.Code, "bad": bad.Code,
		"token " + string(plain): w.signIn(t, person.MiniOpenID), "token " + string(stranger): w.signIn(t, "m-stranger-"+name),
	}
	for _, role := range []household.Role{household.TeamMember, household.Deputy, household.Leader, household.Shopkeeper} {
		s["token "+string(role)] = w.signIn(t, miniOf(t, v, role, 0))
	}
	s["alarm"] = w.ids.Seal("alar", int64(v.Village.ID))
	w.execute(t, fmt.Sprintf(`INSERT INTO alarm (id, village_id, year, n, kind, name, facts, blocks, found_at, state, outcome, words)
		VALUES (%d, %d, 2026, 3, 'bulk', 'quarter', '{"Count":30,"Of":40}', FALSE, '2026-10-02 04:00:00+00:00', 'open', '', '')`, v.Village.ID, v.Village.ID))
	if v.Village.ID == 1 {
		s["token officer"], s["token auditor"] = w.signIn(t, miniOf(t, v, household.Officer, 0)), w.signIn(t, "m-auditor")
	}
	member := s["token team_member"]
	s["photo"] = w.picture(t, member, "picture of "+name)
	s["unseen"] = w.picture(t, member, "picture that nobody has seen of "+name)
	w.execute(t, "UPDATE photo SET check_state = 'person' WHERE hash = '"+s["unseen"]+"'")
	s["evidence"] = fmt.Sprintf(`[{"proof":"photo","photo":%q}]`, s["photo"])
	w.act(t, s, member, good)
	return s
}

// act makes a record with something set aside, a declaration and a warning.
func (w *world) act(t *testing.T, s scene, member string, good catalogue.Item) {
	t.Helper()
	var me me
	w.call(http.MethodGet, "/me", member, nil).into(t, &me)
	var made struct {
		ID       string
		Recorded []struct{ Event string }
		SetAside []struct{ ID, Code string } `json:"set_aside"`
	}
	w.call(http.MethodPost, "/records", member, fmt.Sprintf(
		`{"village":%q,"targets":[{"household":%q},{"household":%q}],"item":%q,"on":"2026-11-18","evidence":%s}`,
		s["village"], s["home"], me.Households[0].ID, good.Code, s["evidence"])).into(t, &made)
	if len(made.Recorded) != 1 || len(made.SetAside) != 1 || made.SetAside[0].Code != "kin" {
		t.Fatalf("%+v; want the own household set aside", made)
	}
	s["record"], s["event"], s["aside"] = made.ID, made.Recorded[0].Event, made.SetAside[0].ID
	for name, address := range map[string]string{"declaration": "POST /declarations", "warning": "POST /warnings", "dispute": "POST /disputes"} {
		who := map[string]string{"declaration": s["token "+string(plain)], "warning": member, "dispute": s["token "+string(plain)]}[name]
		var made struct{ ID string }
		w.ask(address, who, s).into(t, &made)
		s[name] = made.ID
	}
}

// itemsFor are two of a village's items: one that adds, asks for nothing but a
// picture and is given as often as one likes, and one of which a household is
// warned first.
func (w *world) itemsFor(t testing.TB, v sample.Village) (good, bad catalogue.Item) {
	t.Helper()
	for _, i := range v.Items {
		if len(i.Demands()) == 0 || len(i.Lacking(map[catalogue.Proof]int{catalogue.Photo: 1})) > 0 {
			continue
		}
		if good.Code == "" && i.Value > 0 && i.Unit == "time" {
			good = i
		}
		if bad.Code == "" && i.WarnFirst {
			bad = i
		}
	}
	if good.Code == "" || bad.Code == "" {
		t.Fatalf("the catalogue has no such items: %+v, %+v", good, bad)
	}
	w.execute(t, "UPDATE item SET cap_month = 0, cap_quarter = 0, cap_year = 0, cap_ever = 0 WHERE code = '"+good.Code+"'")
	return good, bad
}
