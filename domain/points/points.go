// Package points is the arithmetic of points: whole tenths, never floating point.
package points

import (
	"fmt"
	"strconv"
	"strings"
)

// Tenths is an amount of points in tenths: 15 is one and a half points.
type Tenths int64

// Base is what every household starts its year with: 100 points (policy 四(一)).
const Base Tenths = 1000

// Limit bounds a single entry, either way: 10,000 points.
const Limit Tenths = 100_000

// Whole makes an amount of n whole points.
func Whole(n int) Tenths { return Tenths(n) * 10 }

// String writes the amount as people do: "87", "87.5", "-3".
func (t Tenths) String() string {
	sign := ""
	if t < 0 {
		sign, t = "-", -t
	}
	s := sign + strconv.FormatInt(int64(t/10), 10)
	if t%10 != 0 {
		s += "." + strconv.FormatInt(int64(t%10), 10)
	}
	return s
}

// Signed writes the amount with its sign: "+5", "-3", "0".
func (t Tenths) Signed() string {
	if t > 0 {
		return "+" + t.String()
	}
	return t.String()
}

// Parse reads "5", "-3" or "2.5". More than one decimal, a value beyond Limit
// and anything else is an error.
func Parse(s string) (Tenths, error) {
	body, negative := strings.CutPrefix(s, "-")
	whole, tenth, dotted := strings.Cut(body, ".")
	n, err := strconv.ParseUint(whole, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("points %q: not a number", s)
	}
	t := Tenths(n) * 10
	if dotted {
		if len(tenth) != 1 || tenth[0] < '0' || tenth[0] > '9' {
			return 0, fmt.Errorf("points %q: one decimal at most", s)
		}
		t += Tenths(tenth[0] - '0')
	}
	if t > Limit {
		return 0, fmt.Errorf("points %q: beyond %s", s, Limit)
	}
	if negative {
		t = -t
	}
	return t, nil
}

// Abs is the amount without its sign.
func (t Tenths) Abs() Tenths { return max(t, -t) }
