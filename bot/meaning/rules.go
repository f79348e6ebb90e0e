package meaning

import (
	"slices"
	"strings"
)

// rule says which intent a text has that names the concepts: one of each
// group of all, and none of not.
type rule struct{ intent, all, not string }

// rules in order: the first that fits counts. What could open a wrong
// confirmation comes first.
var rules = []rule{
	{"none", "elsewhere", "points balance plus minus rank public done object market bind shop help suggest cadre"},
	{"rules", "cap", "object"},
	{"privacy", "stop bind", "helper"},
	{"privacy", "delete", "helper object suggest notice shop points"},
	{"privacy", "phone", "person bind help elsewhere"},
	{"redeem", "shop|goods stop", "notice"},
	{"notices", "notice", "elsewhere object shop progress declare"},
	{"refused", "cash points|shop|can|plus", "elsewhere others goods"},
	{"refused", "give points|kin|others", "helper bind elsewhere"},
	{"refused", "cash", "elsewhere many goods"},
	{"helper", "helper", "elsewhere"},
	{"household", "switch", "elsewhere plus"},
	{"suggestion", "suggest", "help"},
	{"suggestion", "bywhat others", ""},
	{"suggestion", "cadre plus", ""},
	{"person", "town person", "rank top points public"},
	{"township", "town rank|top|points|balance|public|many|detail", "notice object help"},
	{"progress", "progress", "done declare elsewhere person"},
	{"dispute", "object", "progress bind person suggest"},
	{"person", "market hour|where", "goods"},
	{"person", "person", "phone elsewhere"},
	{"declare", "declare", "object"},
	{"declare", "done", "object can minus many notice elsewhere"},
	{"top", "top", "town"},
	{"rank", "rank", "town top elsewhere object others kin"},
	{"published", "public", "object notice elsewhere"},
	{"rules", "rules", "object suggest"},
	{"lines", "yet", "object"},
	{"lines", "how hit", "object"},
	{"lines", "when plus|minus", "object done declare"},
	{"rules", "deed plus|minus", "why object who"},
	{"rules", "how plus|minus", "object who"},
	{"lines", "who|why minus|plus", "object"},
	{"lines", "detail", "shop object helper delete"},
	{"bind", "bind", "object delete"},
	{"redeem", "shop|goods", "notice cash give object help"},
	{"redeem", "market", "hour where person"},
	{"points", "balance", "goods shop rank top town plus minus who why deed others"},
	{"points", "points left|many|check", "goods shop rank top town plus minus who why deed rules others kin can"},
	{"help", "help", "points shop bind"},
	{"help", "hello", "points shop bind left not"},
}

func (r rule) fits(names []string) bool {
	for group := range strings.FieldsSeq(r.all) {
		if !slices.ContainsFunc(strings.Split(group, "|"), func(c string) bool { return slices.Contains(names, c) }) {
			return false
		}
	}
	for c := range strings.FieldsSeq(r.not) {
		if slices.Contains(names, c) {
			return false
		}
	}
	return true
}

func ruled(names []string) string {
	for _, r := range rules {
		if r.fits(names) {
			return r.intent
		}
	}
	return ""
}
