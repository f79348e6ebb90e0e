package storage

import "gorm.io/gorm"

// Rows are all private rows, for the test that the schema is what they expect.
var Rows = []any{
	&townshipRow{}, &villageRow{}, &householdRow{}, &memberRow{}, &personRow{}, &postRow{}, &kinRow{}, &cardRow{},
	&itemRow{}, &eventRow{}, &recordRow{}, &evidenceRow{}, &asideRow{}, &visitRow{}, &declarationRow{}, &warningRow{}, &accountRow{}, &entryRow{}, &quarterRow{}, &sheetRow{}, &sheetLineRow{}, &outcomeRow{}, &stepRow{}, &draftRow{}, &suggestionRow{}, &choiceRow{}, &pushRow{}, &alarmRow{}, &alarmEventRow{}, &alarmHomeRow{}, &overrideRow{}, &helperRow{}, &helperLogRow{},
	&disputeRow{}, &disputePhotoRow{},
	&requestRow{}, &newsRow{}, &tryRow{}, &photoRow{}, &holdRow{}, &unpassedRow{}, &signRow{}, &minutesRow{}, &minutesPhotoRow{}, &withdrawalRow{}, &contestedRow{},
	&pushLogRow{}, &stopRow{}, &sentRow{}, &reachRow{}, &creditRow{}, &scheduleRow{}, &occasionRow{},
	&codeRow{}, &linkRow{}, &consoleRow{}, &auditRow{},
	&sessionRow{}, &preferenceRow{}, &unionRow{}, &answerRow{},
}

// Reader is the pool of questions, past the rules.
func (s *Store) Reader() *gorm.DB { return s.read }

// Gorm is the write pool, past the rules.
func (s *Store) Gorm() *gorm.DB { return s.write }
