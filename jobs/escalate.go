package jobs

// Escalate passes disputes whose day is over to the township, every morning.
func Escalate(a Act) Job { return Job{Name: "disputes", Cron: "35 8 * * *", Run: a.Do} }
