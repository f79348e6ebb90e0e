package jobs

// Seal seals every morning what has hung long enough.
func Seal(a Act) Job { return Job{Name: "seal", Cron: "5 0 * * *", Run: a.Do} }
