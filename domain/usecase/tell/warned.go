package tell

// WarnedJob is the kind of the job that tells a household's people of a warning
// at once, those who can be told.
const WarnedJob = "tell_warned"

// Warned is that job's payload.
type Warned struct{ Warning int64 }
