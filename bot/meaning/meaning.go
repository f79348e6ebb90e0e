// Package meaning reads what a villager means out of words that no phrase and
// no dictionary covers: ordered rules over the concepts that the words name,
// beside weights learned from a list of what villagers say. It answers only
// where both agree or one is sure, and always says what is likeliest.
package meaning

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// The weights are learned anew from learn.tsv, in about two seconds.
//go:generate go test -run ^TestWeights$ . -update

// Labels are the intents that are told apart, in the order of the weights.
// None is what lies outside the scheme.
var Labels = []string{
	"points", "lines", "rank", "top", "township", "published", "dispute", "progress", "redeem", "rules", "declare",
	"suggestion", "helper", "household", "notices", "person", "privacy", "help", "refused", "bind", None,
}

// None is the label of what lies outside the scheme.
const None = "none"

// Others is the intent of words that ask for another household's points, lines
// or rank. It is no label: it is told by whom the words name.
const Others = "others"

// Verdict is what words come to.
type Verdict struct {
	// Intent is one of Labels, Others, or "" where it is not sure.
	Intent string
	// Likely are all labels but None, the likeliest first.
	Likely []string
}

// How likely a label must be to be taken, by what the rules say about it. They
// are chosen by cross-validation over learn.tsv, see TestThresholds.
const (
	agreed     = 0.40 // the rules say the same
	silent     = 0.50 // the rules say nothing
	against    = 0.80 // the rules say something else
	noneAgreed = 0.70
	noneAlone  = 0.97
	// risky is for words that end or delete something: the rules must agree.
	risky = 0.60
)

// Of reads words in simplified characters of lower case, without punctuation.
// What lies beyond 120 characters is not read. Where there are no words, the
// likeliest are those asked for most.
func Of(words string) Verdict {
	if words == "" {
		return Verdict{Likely: slices.Clone(Labels[:len(Labels)-1])}
	}
	return learned.of(words)
}

func (w weights) of(words string) Verdict {
	names := named([]rune(words))
	odds := w.odds(words, names)
	order := make([]int, len(Labels))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(odds[b], odds[a]) })
	v := Verdict{Likely: make([]string, 0, len(Labels)-1)}
	for _, i := range order {
		if Labels[i] != None {
			v.Likely = append(v.Likely, Labels[i])
		}
	}
	likeliest, rule := Labels[order[0]], ruled(names)
	v.offer(rule)
	switch {
	case (private(likeliest) || likeliest == "rules") && asksOthers(words, names):
		v.Intent = Others
	case private(likeliest) && notAsked(words, names):
	case likeliest == "rules" && rule == "" && slices.Contains(names, "kin"):
	case odds[order[0]] >= needed(likeliest, rule, names):
		v.Intent = likeliest
	}
	return v
}

// offer sees to it that what the rules say is among the first three.
func (v *Verdict) offer(rule string) {
	if at := slices.Index(v.Likely, rule); at > 2 {
		v.Likely = slices.Insert(slices.Delete(v.Likely, at, at+1), 2, rule)
	}
}

// never is more than any likelihood.
const never = 2

// mustAgree names the concepts of what a wrong answer does most harm to, and
// of what lies outside the scheme: rules and weights must say the same.
func mustAgree(concept string) bool {
	return concept == "stop" || concept == "delete" || concept == "elsewhere"
}

func needed(likeliest, rule string, names []string) float64 {
	switch {
	case likeliest == None && rule == None:
		return noneAgreed
	case likeliest == None:
		return noneAlone
	case rule != likeliest && slices.ContainsFunc(names, mustAgree):
		return never
	case slices.ContainsFunc(names, mustAgree):
		return risky
	case rule == likeliest:
		return agreed
	case rule == "":
		return silent
	}
	return against
}

// odds are how likely each of Labels is; together they are 1.
func (w weights) odds(words string, names []string) []float64 {
	read, heard := traits(words, names)
	sums := make([]float64, len(Labels))
	size := 0.0
	add := func(all []trait, share float64) {
		for _, t := range all {
			if i, ok := w.find(t); ok {
				size += share * share
				for l := range sums {
					sums[l] += share * w.at(i, l)
				}
			}
		}
	}
	add(read, readShare)
	add(heard, 1)
	for l := range sums {
		sums[l] /= math.Sqrt(max(size, 1))
	}
	return softmax(sums)
}

// softmax turns sums into likelihoods, in place.
func softmax(sums []float64) []float64 {
	highest, total := slices.Max(sums), 0.0
	for l, s := range sums {
		sums[l] = math.Exp(s - highest)
		total += sums[l]
	}
	for l := range sums {
		sums[l] /= total
	}
	return sums
}

// surnames are the hundred commonest, but for those that end other words.
const surnames = "王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟段雷钱汤尹黎乔贺赖龚"

// private tells whether an intent shows what only the own household may see.
func private(intent string) bool { return intent == "points" || intent == "lines" || intent == "rank" }

// asksOthers tells whether points or a rank are asked of a household that is
// another's by the words. Kin may be meant to look after or belong to the own
// one: then nothing is sure.
func asksOthers(words string, names []string) bool {
	if begins(words, "不", "别", "没有") || slices.Contains(names, "mine") || slices.Contains(names, "kin") || slices.ContainsFunc(names, mustAgree) {
		return false
	}
	asks := slices.ContainsFunc(names, func(n string) bool { return n == "points" || n == "balance" || n == "rank" })
	return asks && !slices.ContainsFunc(names, func(n string) bool { return n == "object" || n == "plus" || n == "minus" || n == "deed" }) && (slices.Contains(names, "others") || namesSomebody([]rune(words)))
}

// NamesOthers tells whether words in simplified characters name another household
// and not the own one.
func NamesOthers(words string) bool {
	names := named([]rune(words))
	return !slices.Contains(names, "mine") && !slices.Contains(names, "kin") && (slices.Contains(names, "others") || namesSomebody([]rune(words)))
}

// notAsked tells whether it is not sure that the own household is asked about,
// or that anything is.
func notAsked(words string, names []string) bool {
	return begins(words, "不", "别", "没有") ||
		!slices.Contains(names, "mine") && (slices.Contains(names, "others") || slices.Contains(names, "kin") || namesSomebody([]rune(words)))
}

func begins(words string, with ...string) bool {
	return slices.ContainsFunc(with, func(w string) bool { return strings.HasPrefix(words, w) })
}

// namesSomebody finds 王家, 王三家, 王小三家 and, where the name has a rarer
// surname, two characters and more that are no word: 庹金莲家.
func namesSomebody(words []rune) bool {
	for i, r := range words {
		if strings.ContainsRune(surnames, r) && slices.Contains(words[i+1:min(len(words), i+4)], '家') {
			return true
		}
	}
	for i, r := range words {
		if r == '家' && i > 1 && lost(words[:i]) {
			return true
		}
	}
	return false
}

// lost tells whether the last two characters are part of no word that is read or heard.
func lost(words []rune) bool {
	for n := 1; n <= 2; n++ {
		for size := n; size <= min(widest, len(words)); size++ {
			for from := max(0, len(words)-n-size+1); from <= len(words)-n && from+size <= len(words); from++ {
				if _, price := wordAt(words[from : from+size]); price > 0 {
					return false
				}
			}
		}
	}
	return true
}
