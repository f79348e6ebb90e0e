package meaning

import (
	"encoding/binary"
	"math"
	"slices"
)

// Example is what somebody said, as Of reads it, and the label that it has.
type Example struct{ Label, Words string }

// How the weights are learned: by logistic regression with a step of its own
// for each weight (AdaGrad), always in the same order.
const (
	rounds = 8
	pace   = 0.5
	shrink = 3e-4
	stride = 701 // a prime: neighbours in the list are alike and should not follow each other
)

type lesson struct {
	traits []int
	shares []float64
	label  int
}

// Learn learns the weights of a text's traits from examples. The same examples
// in the same order give the same weights; a trait that only one of them has
// is left out. The result is what Of is built on, in the form in which it is kept.
func Learn(examples []Example) []byte {
	known := common(examples)
	weights, slopes := make([][]float64, len(known)), make([][]float64, len(known))
	for i := range known {
		weights[i], slopes[i] = make([]float64, len(Labels)), make([]float64, len(Labels))
	}
	lessons := lessonsOf(examples, known)
	sums := make([]float64, len(Labels))
	for round := range rounds {
		for n := range lessons {
			l := lessons[(n*stride+round)%len(lessons)]
			clear(sums)
			for k, t := range l.traits {
				for i := range sums {
					sums[i] += float64(l.shares[k] * weights[t][i])
				}
			}
			softmax(sums)[l.label]--
			for k, t := range l.traits {
				for i, miss := range sums {
					slope := float64(miss*l.shares[k]) + float64(shrink*weights[t][i])
					slopes[t][i] += float64(slope * slope)
					weights[t][i] -= pace * slope / math.Sqrt(1e-6+slopes[t][i])
				}
			}
		}
	}
	return pack(known, weights)
}

// common are the traits that at least two examples have, in order.
func common(examples []Example) []trait {
	var all []trait
	for _, e := range examples {
		read, heard := traits(e.Words, named([]rune(e.Words)))
		all = append(append(all, read...), heard...)
	}
	slices.Sort(all)
	var known []trait
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] && (known == nil || known[len(known)-1] != all[i]) {
			known = append(known, all[i])
		}
	}
	return known
}

// lessonsOf makes two lessons of each example: all of it, and what is left of
// it when every character is misspelt.
func lessonsOf(examples []Example, known []trait) []lesson {
	lessons := make([]lesson, 0, 2*len(examples))
	for _, e := range examples {
		read, heard := traits(e.Words, named([]rune(e.Words)))
		label := slices.Index(Labels, e.Label)
		lessons = append(lessons, lessonOf(known, read, heard, label), lessonOf(known, nil, heard, label))
	}
	return lessons
}

func lessonOf(known, read, heard []trait, label int) lesson {
	l := lesson{label: label}
	size := 0.0
	add := func(all []trait, share float64) {
		for _, t := range all {
			if i, ok := slices.BinarySearch(known, t); ok {
				l.traits, l.shares = append(l.traits, i), append(l.shares, share)
				size += share * share
			}
		}
	}
	add(read, readShare)
	add(heard, 1)
	for i := range l.shares {
		l.shares[i] /= math.Sqrt(max(size, 1))
	}
	return l
}

// pack writes weights as bytes of one step, without the traits that say nothing.
func pack(known []trait, weights [][]float64) []byte {
	highest := 0.0
	for _, row := range weights {
		for _, w := range row {
			highest = max(highest, math.Abs(w))
		}
	}
	step := float32(highest / math.MaxInt8)
	var traits, rows []byte
	for i, row := range weights {
		packed, says := make([]byte, len(row)), false
		for l, w := range row {
			n := int8(math.Round(w / float64(step)))
			packed[l], says = byte(n), says || n != 0
		}
		if says {
			traits = binary.LittleEndian.AppendUint32(traits, uint32(known[i]))
			rows = append(rows, packed...)
		}
	}
	file := binary.LittleEndian.AppendUint32(nil, uint32(len(traits)/4))
	file = binary.LittleEndian.AppendUint32(file, math.Float32bits(step))
	return append(append(file, traits...), rows...)
}
