package conformance
import "testing"
func testLoad(t *testing.T, database Database) {}
func testVerify(t *testing.T, database Database) {}
func testTampering(t *testing.T, database Database) {}
func testKeptAnswers(t *testing.T, database Database) {}
