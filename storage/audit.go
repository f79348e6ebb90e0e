package storage

import (
	"github.com/xiangfeng/xiangfeng/domain/usecase"
)

type auditRow struct {
	ID            int64
	At            instant
	PersonID      optional
	Administrator bool
	What          string
	VillageID     optional
	Object        string
}

func (auditRow) TableName() string { return "audit" }

// Trace adds a line to the audit log, which is append-only.
func (t *Tx) Trace(l usecase.Trace) error {
	return t.db.Create(&auditRow{
		At: at(l.At), PersonID: optional(l.By.Person), Administrator: l.By.Administrator,
		What: l.What, VillageID: optional(l.Village), Object: l.Object,
	}).Error
}
