package storage_test

import (
	"testing"

	"github.com/xiangfeng/xiangfeng/storage/conformance"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	conformance.Run(t, conformance.SQLite)
}
