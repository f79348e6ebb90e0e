package jobs

// Look looks every morning at the quarters that are to be published, for what
// should not be published as it is.
func Look(a Act) Job { return Job{Name: "look", Cron: "30 7 * * *", Run: a.Do} }
