package conformance

import (
	"testing"
)

// Database makes a new, migrated database that goes with the test and returns
// its address: SQLite or Postgres.
type Database func(testing.TB) string

// Run shows that storage keeps its contract on one kind of database.
func Run(t *testing.T, database Database) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Database)
	}{
		{"migrate", testMigrate},
		{"append only", testAppendOnly},
		{"not found", testNotFound},
		{"once", testOnce},
		{"once rolls back", testOnceRollsBack},
		{"once in parallel", testOnceInParallel},
		{"once forgotten", testOnceForgotten},
		{"record", testRecord},
		{"assess", testAssess},
		{"correct", testCorrect},
		{"redeem", testRedeem},
		{"publish and seal", testPublishAndSeal},
		{"first sheet", testFirstSheet},
		{"year end", testYearEnd},
		{"switch", testSwitch},
		{"one cap", testOneCap},
		{"one balance", testOneBalance},
		{"naive spending is caught", testNaiveSpending},
		{"one chain", testOneChain},
		{"one sheet", testOneSheet},
		{"one correction", testOneCorrection},
		{"publish against confirm", testPublishAgainstConfirm},
		{"seal against redeem", testSealAgainstRedeem},
		{"everything at once", testEverythingAtOnce},
		{"nobody waits without need", testNobodyWaits},
		{"step", testStep},
		{"standing", testStanding},
		{"versions", testVersions},
		{"lines", testLines},
		{"sheet", testSheet},
		{"homes", testHomes},
		{"columns", testColumns},
		{"load", testLoad},
		{"verify", testVerify},
		{"tampering", testTampering},
		{"kept answers", testKeptAnswers},
		{"bind", testBind},
		{"bind in parallel", testBindInParallel},
		{"wrong tries", testWrongTries},
		{"guessers", testGuessers},
		{"leave", testLeave},
		{"erase", testErase},
		{"waiting", testWaiting},
		{"suggestions", testSuggestions},
		{"suggestions are counted", testSuggestionsAreCounted},
		{"notices", testNotices},
		{"helpers", testHelpers},
		{"helper lists", testHelperLists},
		{"forgotten helper", testForgottenHelper},
		{"five helped", testFiveHelped},
		{"console door", testDoor},
		{"console door holds", testDoorHolds},
		{"console enter once", testEnterOnce},
		{"console link", testAdminLink},
		{"cards", testCards},
		{"cards reissued once", testReissueOnce},
		{"card sheet", testCardSheet},
		{"catalogue", testCatalogue},
		{"import", testImport},
		{"import changes", testImportChanges},
		{"import together", testImportTogether},
		{"import fails", testImportFails},
		{"import beside", testImportBeside},
		{"import binds", testImportBinds},
		{"photos", testPhotos},
		{"photo reuse", testPhotoReuse},
		{"near photos", testNearPhotos},
		{"photo verdicts", testVerdicts},
		{"unknown traces", testUnknownTraces},
		{"same photo together", testSamePhotoTogether},
		{"jobs stand with their act", testJobsStandWithTheirAct},
		{"jobs are shared", testJobsAreShared},
		{"jobs are tried again", testJobsAreTriedAgain},
		{"jobs fail for good", testJobsFailForGood},
		{"jobs of another version", testJobsOfAnotherVersion},
		{"jobs are drained", testJobsAreDrained},
		{"jobs of a stopped process", testJobsOfAStoppedProcess},
		{"jobs of a killed process", testJobsOfAKilledProcess},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, database)
		})
	}
}
