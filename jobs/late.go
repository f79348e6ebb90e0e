package jobs

// Late tells who is late on day 11 of a quarter to leaders and to the townships.
func Late(a Act) Job { return Job{Name: "late", Cron: "0 8 11 1,4,7,10 *", Run: a.Do} }
