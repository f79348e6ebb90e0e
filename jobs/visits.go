package jobs

// Visits tells teams on the 20th how many households are not visited this month.
func Visits(a Act) Job { return Job{Name: "visits", Cron: "0 8 20 * *", Run: a.Do} }
