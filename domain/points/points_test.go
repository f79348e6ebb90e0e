package points_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/xiangfeng/xiangfeng/domain/points"
)

func TestParseAndString(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]points.Tenths{
		"0": 0, "5": 50, "-3": -30, "2.5": 25, "-0.1": -1, "100": points.Base, "10000": points.Limit,
	} {
		got, err := points.Parse(in)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", in, got, err, want)
		}
		if got.String() != in {
			t.Errorf("%d.String() = %q; want %q", got, got.String(), in)
		}
	}
}

func TestParseRefusesWhatIsNoAmount(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "-", "+5", "1.25", "1.", ".5", "1e3", "五", "10000.1", "99999999999999999999", " 5", "0x10", "--5"} {
		if got, err := points.Parse(in); err == nil {
			t.Errorf("Parse(%q) = %d; want an error", in, got)
		}
	}
}

func TestSignedNamesTheDirection(t *testing.T) {
	t.Parallel()
	for in, want := range map[points.Tenths]string{50: "+5", -30: "-3", 0: "0", -5: "-0.5"} {
		if got := in.Signed(); got != want {
			t.Errorf("Signed(%d) = %q; want %q", in, got, want)
		}
	}
}

func TestEveryAmountReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := points.Tenths(rapid.Int64Range(-int64(points.Limit), int64(points.Limit)).Draw(t, "tenths"))
		if out, err := points.Parse(in.String()); err != nil || out != in {
			t.Fatalf("%d written %q reads %d, %v", in, in, out, err)
		}
	})
}
