package jobs

// Assess begins the assessment of the last quarter on the first day of a quarter.
func Assess(a Act) Job { return Job{Name: "assess", Cron: "0 8 1 1,4,7,10 *", Run: a.Do} }
