package alarm

import (
	"math"
	"slices"

	"github.com/xiangfeng/xiangfeng/domain/points"
)

// sums are one number a household.
type sums []points.Tenths

func (s sums) floats() []float64 {
	out := make([]float64, len(s))
	for i, x := range s {
		out[i] = float64(x)
	}
	return out
}

// nonzero is the share of those that are not 0.
func (s sums) nonzero() float64 {
	n := 0
	for _, x := range s {
		if x != 0 {
			n++
		}
	}
	return share(n, len(s))
}

// amount is the sum of all without their signs.
func (s sums) amount() float64 {
	var sum float64
	for _, x := range s {
		sum += math.Abs(float64(x))
	}
	return sum
}

// mode is the most frequent sum that is not 0, the greater of equally frequent
// ones, and how many have it.
func (s sums) mode() (points.Tenths, int) {
	sorted := slices.Sorted(slices.Values(s))
	var best points.Tenths
	most := 0
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		if sorted[i] != 0 && j-i >= most {
			best, most = sorted[i], j-i
		}
		i = j
	}
	return best, most
}

// median is the middle sum.
func (s sums) median() points.Tenths {
	if len(s) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(s))[len(s)/2]
}

// near counts the sums within a tenth of the middle one, and at least a point.
func (s sums) near() (middle points.Tenths, n int) {
	middle = s.median()
	room := max(nearTenths, points.Tenths(math.Round(nearPercent*float64(middle.Abs()))))
	for _, x := range s {
		if (x - middle).Abs() <= room {
			n++
		}
	}
	return middle, n
}

// gini is half the mean difference of two sums over the mean of their
// amounts: 0 where all are alike.
func (s sums) gini() float64 {
	sorted := slices.Sorted(slices.Values(s))
	var total, weighted float64
	for i, x := range sorted {
		total += math.Abs(float64(x))
		weighted += float64(2*i-len(sorted)+1) * float64(x)
	}
	if total == 0 {
		return 0
	}
	return weighted / (float64(len(sorted)) * total)
}

func mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// variance is that of the values themselves, 0 for fewer than two.
func variance(x []float64) float64 {
	m, sum := mean(x), 0.0
	for _, v := range x {
		sum += (v - m) * (v - m)
	}
	if len(x) < 2 {
		return 0
	}
	return sum / float64(len(x)-1)
}

// tamed pulls the values beyond the 5th and 95th hundredth in to them, so that
// a single great deed decides nothing.
func tamed(x []float64) []float64 {
	sorted := slices.Sorted(slices.Values(x))
	if len(sorted) == 0 {
		return nil
	}
	low, high := sorted[len(sorted)*5/100], sorted[(len(sorted)-1)*95/100]
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = min(max(v, low), high)
	}
	return out
}

// standardErrors is by how many standard errors the mean of a lies above b's.
func standardErrors(a, b []float64) float64 {
	se := math.Sqrt(variance(a)/float64(len(a)) + variance(b)/float64(len(b)))
	d := mean(a) - mean(b)
	if se == 0 {
		return math.Copysign(min(math.Abs(d), 100), d)
	}
	return d / se
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
