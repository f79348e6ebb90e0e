package tell

// NewsJob is the kind of the job that tells a household's people news at once,
// those who can be told.
const NewsJob = "tell_news"

// News is that job's payload: the kind of the news, and the number of what they
// are about.
type News struct {
	Kind    string
	Request int64
}
