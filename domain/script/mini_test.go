package script_test

import (
	"testing"
	"time"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// TestUnsent: phones that hold nothing do not count, and the oldest of those
// that say so tells since when.
func TestUnsent(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	phones, records, since := script.Unsent([]script.Phone{
		{Unsent: 2, Since: at.Add(time.Hour)}, {Since: at.Add(-time.Hour)}, {Unsent: 1}, {Unsent: 4, Since: at}, {Unsent: 1, Since: at.Add(time.Minute)},
	})
	if phones != 4 || records != 8 || !since.Equal(at) {
		t.Errorf("%d phones hold %d records since %s", phones, records, since)
	}
	if phones, records, since := script.Unsent(nil); phones != 0 || records != 0 || !since.IsZero() {
		t.Errorf("no phone: %d, %d, %s", phones, records, since)
	}
}
