package storage

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/ledger"
)

// day is a date column: a date in PostgreSQL, ISO text in SQLite, NULL for
// the zero day.
type day struct{ calendar.Date }

func (d day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

func (d *day) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		d.Date = calendar.Date{}
	case time.Time:
		y, m, n := v.Date()
		d.Date = calendar.Date{Year: y, Month: m, Day: n}
	case string:
		d.Date, err = calendar.ParseDate(v)
	default:
		err = fmt.Errorf("storage: a date cannot be read from %T", src)
	}
	return err
}

// quarterText is a quarter column, such as 2026Q3.
type quarterText struct{ calendar.Quarter }

func (q quarterText) Value() (driver.Value, error) { return q.String(), nil }

func (q *quarterText) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		q.Quarter = calendar.Quarter{}
	case string:
		q.Quarter, err = calendar.ParseQuarter(v)
	default:
		err = fmt.Errorf("storage: a quarter cannot be read from %T", src)
	}
	return err
}

// hash is a column of 32 bytes.
type hash ledger.Hash

func (h hash) Value() (driver.Value, error) { return h[:], nil }

func (h *hash) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(h) {
		return fmt.Errorf("storage: a hash has %d bytes", len(h))
	}
	copy(h[:], b)
	return nil
}

// optional turns a zero id into NULL and back.
type optional int64

func (o optional) Value() (driver.Value, error) {
	if o == 0 {
		return nil, nil
	}
	return int64(o), nil
}

func (o *optional) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*o = 0
	case int64:
		*o = optional(v)
	default:
		return fmt.Errorf("storage: an id cannot be read from %T", src)
	}
	return nil
}

// instant turns a zero time into NULL and back.
type instant struct{ time.Time }

func (i instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.UTC().Truncate(time.Microsecond), nil
}

func (i *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		i.Time = time.Time{}
	case time.Time:
		i.Time = v.UTC()
	default:
		return fmt.Errorf("storage: a time cannot be read from %T", src)
	}
	return nil
}

func at(t time.Time) instant { return instant{t} }

// translate turns the database's "no such row" into the domain's refusal.
func translate(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.Refuse(fault.NotFound)
	}
	return err
}
