package usecase

import (
	"time"

	"github.com/xiangfeng/xiangfeng/domain/household"
	"github.com/xiangfeng/xiangfeng/domain/village"
)

// Caller is who acts: a person, or the administrator, who came by the link from
// the server's shell and is nobody of the register.
type Caller struct {
	Person        household.PersonID // 0 for the administrator
	Administrator bool
}

// Trace is a line of the audit log: who did what, when and where. It is
// written in the transaction of what it tells.
type Trace struct {
	At      time.Time
	By      Caller
	What    string
	Village village.ID // 0 where it concerns none
	Object  string     // what it was done to: a card's number, a browser, a picture's hash
}

// What the audit log tells of.
const (
	AlarmClosed     = "alarm_closed"
	BlockOverridden = "block_overridden"

	CardRevoked   = "card_revoked"
	CardReissued  = "card_reissued"
	CardsPrinted  = "cards_printed"
	ConsoleOpened = "console_opened"
	LinkMade      = "console_link_made"
	PhotoPassed   = "photo_passed"
	PhotoRefused  = "photo_refused"

	SheetPublished  = "sheet_published"
	WithdrawalAsked = "withdrawal_asked"
	SheetWithdrawn  = "sheet_withdrawn"
)
