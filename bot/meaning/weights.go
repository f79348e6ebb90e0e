package meaning

import (
	_ "embed"
	"encoding/binary"
	"math"
	"sort"
)

//go:embed weights.bin
var weightsFile string

var learned = weights(weightsFile)

// weights are the file itself: the count of traits and the step of the weights,
// then the traits in order, then for each of them a byte for each of Labels.
type weights string

const head = 8

func (w weights) word(at int) uint32 {
	return binary.LittleEndian.Uint32([]byte(w[at : at+4]))
}

func (w weights) count() int { return int(w.word(0)) }

// find is where among the traits one stands.
func (w weights) find(t trait) (int, bool) {
	i := sort.Search(w.count(), func(i int) bool { return trait(w.word(head+4*i)) >= t })
	return i, i < w.count() && trait(w.word(head+4*i)) == t
}

// at is the weight with which the i-th trait speaks for the label.
func (w weights) at(i, label int) float64 {
	step := float64(math.Float32frombits(w.word(4)))
	return step * float64(int8(w[head+4*w.count()+i*len(Labels)+label]))
}
