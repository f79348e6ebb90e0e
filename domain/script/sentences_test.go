package script_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/xiangfeng/xiangfeng/domain/calendar"
	"github.com/xiangfeng/xiangfeng/domain/catalogue"
	"github.com/xiangfeng/xiangfeng/domain/dispute"
	"github.com/xiangfeng/xiangfeng/domain/fault"
	"github.com/xiangfeng/xiangfeng/domain/notice"
	"github.com/xiangfeng/xiangfeng/domain/photo"
	"github.com/xiangfeng/xiangfeng/domain/record"
	"github.com/xiangfeng/xiangfeng/domain/script"
	"github.com/xiangfeng/xiangfeng/domain/suggestion"
)

// elsewhere are the files whose sentences nobody reads in the chat: whoever
// installs the program, or brings in a roster, reads them.
var elsewhere = []string{"machine.go", "doctor.go", "damage.go", "roster.go", "record.go", "console.go", "consolewall.go", "consoledesk.go", "consolecases.go", "api.go", "cases.go", "mini.go", "photo.go", "alarm.go", "quarter.go", "pushed.go"}

// sentences are all sentences of the chat: the function, which is worded with
// each combination of what is in longest, or its texts where its arguments need
// one another.
func sentences() map[string]any {
	s, h := longStanding(), longHome
	words := strings.Repeat("长", suggestion.Longest)
	lines := []script.Line{longLine(234), longLine(233)}
	heading := script.Heading{Home: h, Several: true, Year: 2026, Quarter: 4, Minus: true}
	book := script.Rulebook{Standing: s, Year: 2026, About: strings.Repeat("长", 40)}
	name := strings.Repeat("长", 40)
	return map[string]any{
		"Points": script.Points, "Rank": script.Rank, "Top": script.Top, "Township": script.Township, "Sheet": script.Sheet,
		"LinesPage": []string{script.LinesPage(heading, nil, false), script.LinesPage(heading, lines[:1], true), script.LinesPage(heading, lines, true)},
		"Help":      script.Help, "HelpMore": script.HelpMore, "Welcome": script.Welcome,
		"Choices": []string{script.Choices(s, []string{"问全镇排名", "问换现金、转分", "看怎么加分扣分"}, false), script.Choices(s, []string{"问异议办到哪了", "问换现金、转分", "看怎么加分扣分"}, true)},
		"Homes":   []string{script.Homes(slices.Repeat([]script.Home{h}, 12), 3)}, "OnlyHome": script.OnlyHome, "Switched": script.Switched, "GoneHome": script.GoneHome,
		"NoQuestion": script.NoQuestion, "NoMore": script.NoMore, "Late": script.Late, "Dropped": script.Dropped, "NothingToConfirm": script.NothingToConfirm,
		"OutOfRange": []string{script.OutOfRange(s, "12"), script.OutOfRange(s, "1")}, "NothingOpen": script.NothingOpen, "Twice": script.Twice, "TooFast": script.TooFast,
		"TypeTheWord": script.TypeTheWord, "StillOpen": script.StillOpen, "LateWords": []string{script.LateWords(s, "建议"), script.LateWords(s, "")},
		"Welcomed": script.Welcomed, "Calm": script.Calm, "NotTheirs": script.NotTheirs, "NotTheirLine": script.NotTheirLine,
		"Also":  []string{script.Also(script.Points(s, time.Time{}), "全镇排名", true), script.Also(script.ConfirmErase(s), "全镇排名", false), script.Also("看总分请回：积分", "排名", false)},
		"Photo": script.Photo, "Unreadable": script.Unreadable,
		"Listening": script.Listening, "Unheard": script.Unheard, "TypeIt": script.TypeIt,
		"Heard":   []string{script.Heard(words, strings.Repeat("字", 130)+"\n看总分请回：积分")}, // a full reply grows: TestHeard
		"AskCard": script.AskCard, "BadCard": script.BadCard, "LockedOut": []string{script.LockedOut(s, "23:59")}, "TooManyRequests": script.TooManyRequests,
		"Stranger": script.Stranger, "AskFactor": script.AskFactor, "WrongFactor": script.WrongFactor, "AskName": script.AskName,
		"ConfirmDirect": script.ConfirmDirect, "ConfirmRequest": []string{script.ConfirmRequest(name, h, s.Place), script.ConfirmRequest("", h, s.Place)},
		"Awaiting": script.Awaiting, "ConfirmWithdraw": script.ConfirmWithdraw, "Withdrawn": script.Withdrawn, "OutsiderPerson": script.OutsiderPerson,
		"OutsiderSuggests": script.OutsiderSuggests, "OutsiderElsewhere": script.OutsiderElsewhere, "ConfirmVouched": []string{script.ConfirmVouched(name)},
		"Joined": script.Joined, "Filed": script.Filed, "Already": script.Already, "Overtaken": script.Overtaken, "LostCard": script.LostCard,
		"AskApproval": script.AskApproval, "Waiting": script.Waiting, "NothingWaiting": script.NothingWaiting, "Decided": script.Decided,
		"DecidedBefore": script.DecidedBefore, "NotYours": script.NotYours, "PushAsked": script.PushAsked, "NotApproved": script.NotApproved,
		"OtherJoined": script.OtherJoined, "Members": script.Members, "Alone": script.Alone, "NoSuchMember": script.NoSuchMember,
		"ConfirmRemove": []string{script.ConfirmRemove(name, h)}, "RemovedOther": script.RemovedOther, "RemovedYou": script.RemovedYou,
		"WhichPrivacy": script.WhichPrivacy, "ConfirmLeave": script.ConfirmLeave, "Left": script.Left, "LeftOne": script.LeftOne, "NothingToLeave": script.NothingToLeave,
		"ConfirmErase": script.ConfirmErase, "Erased": script.Erased, "EraseBlocked": script.EraseBlocked, "NothingToErase": script.NothingToErase, "NewPhone": script.NewPhone,
		"RulesPage": []string{script.RulesPage(book, []catalogue.Item{longItem()}, true), script.RulesPage(book, []catalogue.Item{longItem()}, false)},
		"RulesMenu": []string{
			script.RulesMenu(book, slices.Repeat([]string{name}, 30), 0),
			script.RulesMenu(script.Rulebook{Standing: s, Year: 2026}, []string{"人居环境", "产业发展", "遵纪守法", "村风民俗", "善行公益", "表彰奖励"}, 1),
		},
		"NoRule": []string{script.NoRule(book)}, "NoRules": []string{script.NoRules(book)},
		"Summary": []string{script.Summary(fullSummary(40)), script.Summary(script.Exceptions{Place: longPlace.Name, Month: calendar.Month{Year: 2026, Month: 12}})},
		"Person":  script.Person, "NotAllowed": script.NotAllowed, "Outside": script.Outside, "WhichLine": script.WhichLine, "NoLine": script.NoLine, "OneLine": script.OneLine,
		"WhichHelpedLine": script.WhichHelpedLine, "DisputeWhy": script.DisputeWhy, "DisputeTooLate": script.DisputeTooLate, "NotDisputable": script.NotDisputable,
		"Objection":      []string{objection(s, 7, true, 30), objection(s, 0, false, 30), objection(s, 0, true, 31)},
		"DisputedBefore": script.DisputedBefore, "MissingWhat": script.MissingWhat, "DisputeLong": script.DisputeLong, "DisputeManyPhotos": script.DisputeManyPhotos,
		"DisputePhotos": []string{script.DisputePhotos(s, words, 0), script.DisputePhotos(s, words, 9)},
		"DisputeBack":   []string{script.DisputeBack(s, nil, 2027, words, 9), script.DisputeBack(s, &longObjectable, 2027, words, 9)},
		"DisputeFiled":  []string{script.DisputeFiled(s, "9999", calendar.On(2027, 12, 31), calendar.On(2026, 12, 31).Start())},
		"NotFiled": []string{
			script.NotFiled(s, fault.Conflict, "9999"), script.NotFiled(s, fault.TooLate, ""), script.NotFiled(s, fault.CapReached, ""),
			script.NotFiled(s, fault.TextRisky, ""), script.NotFiled(s, fault.Invalid, ""),
		},
		"NoCases": script.NoCases,
		"Cases": func(s script.Standing, all []script.Dispute, now time.Time) string {
			text, _ := script.Cases(s, all, now)
			return text
		},
		"OneCase": script.OneCase, "WhichCase": script.WhichCase, "ConfirmWithdrawal": script.ConfirmWithdrawal, "NothingToWithdraw": script.NothingToWithdraw,
		"CaseWithdrawn": []string{script.CaseWithdrawn(s, "9999")}, "CaseAgreed": []string{script.CaseAgreed(s, "9999")},
		"CaseNudged":  []string{script.CaseNudged(s, "9999", calendar.On(2027, 12, 31), calendar.On(2026, 12, 31).Start())},
		"NudgedToday": script.NudgedToday, "NothingDecided": script.NothingDecided, "ConfirmAgree": script.ConfirmAgree, "AppealWhy": script.AppealWhy,
		"AppealBack":   []string{script.AppealBack(s, longDispute(dispute.Decided, true), words), script.AppealBack(s, longDispute(dispute.Decided, false), words)},
		"CaseAppealed": []string{script.CaseAppealed(s, "9999", calendar.On(2027, 12, 31), calendar.On(2026, 12, 31).Start())}, "AppealLate": script.AppealLate,
		"DisputePush": disputePushes(), "CasePush": casePushes(),
		"Redeem": script.Redeem, "NoReservation": script.NoReservation,
		"Taken": script.Taken, "NotMine": script.NotMine,
		"PhotoDropped": script.PhotoDropped, "PhotoLost": script.PhotoLost, "ManyPhotos": script.ManyPhotos,
		"PhotoRefused": []string{script.PhotoRefused(s, photo.TooBig), script.PhotoRefused(s, photo.BadFormat), script.PhotoRefused(s, fault.Invalid)},
		"DeclareWhat":  []string{script.DeclareWhat(s, 0), script.DeclareWhat(s, 9)}, "LongDeed": script.LongDeed, "DeclarePhoto": []string{script.DeclarePhoto(s, words)},
		"DeclareBack": []string{script.DeclareBack(s, words, 0, calendar.On(2026, 12, 31)), script.DeclareBack(s, words, 9, calendar.On(2026, 12, 31))},
		"Declared":    script.Declared, "DeclaredEnough": script.DeclaredEnough, "NotDeclared": script.NotDeclared,
		"WarnedBrief": script.WarnedBrief, "Warned": script.Warned, "NoWarning": script.NoWarning, "WhichMend": script.WhichMend, "MendPhoto": script.MendPhoto,
		"MendBack": []string{script.MendBack(s, longWarning(), words, 9), script.MendBack(s, longWarning(), "", 0)}, "Mended": script.Mended, "WarningClosed": script.WarningClosed,
		"ClosedBrief": []string{script.ClosedBrief(closedWarning(1)), script.ClosedBrief(closedWarning(0))},
		"Closed":      []string{script.Closed(closedWarning(1), s.Place), script.Closed(closedWarning(0), s.Place)}, "TakenUpBrief": script.TakenUpBrief, "TakenUp": script.TakenUp,
		"DeclinedBrief": script.DeclinedBrief, "Declined": script.Declined,
		"JoinedBrief": script.JoinedBrief, "NotApprovedBrief": script.NotApprovedBrief, "RemovedYouBrief": script.RemovedYouBrief,
		"OtherJoinedBrief": script.OtherJoinedBrief, "AskedBrief": script.AskedBrief, "HelpingBrief": script.HelpingBrief,
		"AskedAgain": []string{
			script.AskedAgain(script.Joined(h, s.Place)), script.AskedAgain(script.NotApproved()), script.AskedAgain(script.RemovedYou(h, s.Place)),
			script.AskedAgain(script.HelpingNews(h, s.Place)), script.AskedAgain(script.Warned(longWarning(), s.Place, longWarning().WarnedAt)),
		},
		"Notices": script.Notices, "Choosing": script.Choosing, "Chosen": script.Chosen, "StopWhat": script.StopWhat,
		"SuggestWhat": script.SuggestWhat, "SuggestMore": script.SuggestMore, "TooLong": script.TooLong, "SuggestedEnough": script.SuggestedEnough, "DraftGone": script.DraftGone,
		"Suggesting": []string{script.Suggesting(s, words, suggestion.Proposal.Audiences()), script.Suggesting(s, words, suggestion.Complaint.Audiences())},
		"Suggested":  []string{script.Suggested(s, "2026-99999", suggestion.Office), script.Suggested(s, "2026-99999", suggestion.Village)}, "Suggestions": script.Suggestions,
		"Helpers":   func(s script.Standing, h script.Helping) string { text, _ := script.Helpers(s, h); return text },
		"AskHelper": script.AskHelper, "NoHelperHome": script.NoHelperHome, "ConfirmHelper": script.ConfirmHelper, "HelperAsked": script.HelperAsked,
		"HelperWhy": script.HelperWhy, "AnswerHelper": script.AnswerHelper, "HelperAnswered": script.HelperAnswered, "HelpWith": script.HelpWith,
		"ConfirmEndHelper": script.ConfirmEndHelper, "ConfirmStopHelping": script.ConfirmStopHelping, "HelperEnded": script.HelperEnded,
		"HelpedPoints": script.HelpedPoints, "HelperLog": script.HelperLog, "HelpingNews": script.HelpingNews,
		"Under": []string{script.Under(s, "请回：积分")},
		"Push":  []string{script.Push(notice.Published, longestNotice(), h, true)}, "PushName": []string{"请看" + script.PushName(notice.Published)}, // TestPush words all
	}
}

// unnamed are the sentences that name no household although the person has
// several: they are about the person, or about another household.
var unnamed = []string{"OnlyHome"}

// longWarning is a warning of the longest item, with a note.
func longWarning() script.Warning {
	w := script.Warning{Home: longHome}
	w.Item, w.Note, w.Due = catalogue.Item{Title: longestTitle()}, strings.Repeat("长", 200), calendar.On(2027, 1, 20)
	w.WarnedAt = calendar.On(2026, 12, 1).Start()
	return w
}

// closedWarning is one that was not mended, with its deduction's number.
func closedWarning(event record.ID) script.Warning {
	w := longWarning()
	w.State, w.Event, w.Result = record.WarningUnmended, event, strings.Repeat("长", 120)
	return w
}

// longDeclaration is one that was declined.
func longDeclaration() script.Declaration {
	d := script.Declaration{Home: longHome}
	d.Words, d.Reason = strings.Repeat("长", record.LongestDeed), strings.Repeat("长", record.LongestNote)
	return d
}

// longObjectable is the longest line, with what is known of its quarter.
var longObjectable = script.Objectable{
	Home: longHome, Line: longLine(234), StandsAs: -99_999, Disputable: true,
	Posted: script.Posted{PublishedOn: calendar.On(2026, 12, 20), SealedOn: calendar.On(2026, 12, 30)},
}

// objection words why a line cannot be objected to so many days after its quarter was sealed.
func objection(s script.Standing, before int, disputable bool, days int) string {
	o := longObjectable
	o.Before, o.Disputable = before, disputable
	text, _ := script.Objection(s, o, 2027, o.Posted.SealedOn.AddDays(days).Start())
	return text
}

// longDispute is one of the longest line in a state, or of a missing one.
func longDispute(state dispute.State, missing bool) script.Dispute {
	long := longLine(234)
	d := script.Dispute{
		Home: longHome, Place: longPlace, Entry: &long, StandsAs: -99_999, FilerName: strings.Repeat("长", 40),
		InvestigatorName: strings.Repeat("长", 40), DeciderName: strings.Repeat("长", 40), FinalName: strings.Repeat("长", 40),
	}
	if missing {
		d.Entry = nil
	}
	d.ID, d.Number, d.State, d.LineNo = 9999, 9999, state, 234
	d.Words, d.Extended, d.Promised = strings.Repeat("长", 200), strings.Repeat("长", 200), calendar.On(2027, 12, 31)
	d.AppealUntil, d.TownshipDue = calendar.On(2027, 12, 31), calendar.On(2027, 12, 31)
	if state != dispute.Filed && state != dispute.Accepted {
		d.Decision = dispute.Decision{StandsAs: -99_999, Reason: strings.Repeat("长", 200), By: 1}
	}
	if state == dispute.Closed {
		d.Final = d.Decision
	}
	return d
}

// longCases are a dispute of each state.
func longCases() (all []script.Dispute) {
	for _, s := range []dispute.State{dispute.Decided, dispute.Closed, dispute.Filed, dispute.Accepted, dispute.Appealed, dispute.Withdrawn} {
		all = append(all, longDispute(s, false), longDispute(s, true))
	}
	return all
}

func longFacts(state, outcome string) notice.Facts {
	return notice.Facts{
		Place: longPlace.Name, Case: 9999, Line: 234, Title: longestTitle(), State: state, Outcome: outcome, Reason: strings.Repeat("长", 200),
		Names: []string{"HQ-0031"}, Day: "2027-12-31", Score: -99_999,
	}
}

func disputePushes() (texts []string) {
	for _, state := range []string{"filed", "accepted", "extended", "decided", "final", "agreed", "appealed", "withdrawn", "late", "unknown"} {
		for _, outcome := range []string{"stands", "corrected", "recorded"} {
			texts = append(texts, script.DisputePush(longFacts(state, outcome)))
		}
	}
	return texts
}

func casePushes() (texts []string) {
	for _, state := range []string{"filed", "nudged", "late", "appealed", "overdue"} {
		texts = append(texts, script.CasePush(longFacts(state, "")))
	}
	return texts
}

func longItem() catalogue.Item {
	item := catalogue.Item{Title: strings.Repeat("长", 60), Value: -99_999, Unit: "每一次大型活动", WarnFirst: true}
	item.Caps = catalogue.Caps{Month: 99_999, Quarter: 99_999, Year: 99_999, Ever: 99_999}
	return item
}

// longest are values of every kind that a sentence is made of: what makes it
// longest, and what makes it another.
func longest() map[reflect.Type][]any {
	s := longStanding()
	empty, deskless := s, s
	empty.Accounts = nil
	deskless.Place.Desk = ""
	ranking := script.Ranking{Home: s.Home, Place: s.Place, Placing: s.Sheet, Near: longRows(5, 1888), Top: longRows(10, 10)}
	unranked, unplaced := ranking, ranking
	unranked.Placing, unplaced.Placing = &script.Placing{Quarter: s.Sheet.Quarter}, nil
	sheet := script.Published{
		Home: s.Home, Place: s.Place, Quarter: s.Sheet.Quarter, Code: "K7QM-2XWD-99", PublishedOn: calendar.On(2026, 12, 30),
		Households: 2068, Own: s.Sheet, Gained: longScore,
	}
	notOn, never := sheet, sheet
	notOn.Own, never.None = nil, true
	down := sheet
	down.Down = calendar.Quarter{Year: 2025, N: 4}
	neverUp := down
	neverUp.None = true
	asking := script.Asking{ID: 1, Home: s.Home, Place: s.Place, Name: strings.Repeat("长", 40)}
	proved := asking
	proved.Phone, proved.Twin = asking.Name, true
	one := script.Helper{ID: 1, Home: s.Home, Name: strings.Repeat("长", 40), Until: calendar.On(2027, 12, 31)}
	waits := one
	waits.Name = ""
	filed := suggestion.Suggestion{Year: 2026, Serial: 99_999, Words: strings.Repeat("长", 500), Answer: strings.Repeat("答", 500), AnsweredAt: time.Date(2027, 12, 31, 0, 0, 0, 0, calendar.Shanghai)}
	open := filed
	open.Answer = ""
	off := notice.Off{}
	for _, k := range notice.Kinds() {
		off[k] = true
	}
	all := map[reflect.Type][]any{}
	for _, v := range []any{
		s, empty, deskless, s.Home, s.Place, ranking, unranked, unplaced, sheet, notOn, never, down, neverUp, true, false, 2027, 9999,
		calendar.On(2027, 1, 20).Start(), calendar.On(2027, 2, 10).Start(), calendar.On(2026, 12, 31),
		calendar.Date{},
		asking, proved,
		script.Outsider{Office: s.Place.Office, Until: calendar.On(2026, 12, 31)},
		script.Outsider{Until: calendar.On(2026, 12, 31)},
		[]script.Asking{asking},
		slices.Repeat([]script.Asking{asking}, 40), slices.Repeat([]script.Bound{{Person: 1, Name: asking.Name}}, 30),
		longObjectable, longDispute(dispute.Filed, false), longDispute(dispute.Accepted, true), longDispute(dispute.Decided, false), longDispute(dispute.Decided, true),
		longDispute(dispute.Appealed, false), longDispute(dispute.Closed, false), longDispute(dispute.Withdrawn, true), longCases()[:script.MostCases],
		longLine(234), longDeclaration(), longWarning(), slices.Repeat([]script.Warning{longWarning()}, 3),
		script.Posted{},
		script.Posted{PublishedOn: calendar.On(2026, 12, 30)},
		script.Posted{PublishedOn: calendar.On(2025, 12, 20), SealedOn: calendar.On(2025, 12, 30)},
		notice.Off{},
		off, notice.Dispute, notice.Kind(""), one, waits,
		script.Helping{},
		script.Helping{Mine: []script.Helper{one, waits, one}, Asking: slices.Repeat([]script.Helper{one}, 9), Helped: slices.Repeat([]script.Helper{one}, 5)},
		[]script.HelperAct(nil), slices.Repeat([]script.HelperAct{{At: time.Date(2026, 12, 31, 23, 59, 0, 0, calendar.Shanghai), Name: asking.Name, What: "accepted"}}, 12),
		[]suggestion.Suggestion(nil), slices.Repeat([]suggestion.Suggestion{filed, open}, 2),
		script.HelperGone, script.HelperOwn, script.HelperTwice, script.HelperFull, script.HelperMany, script.HelperBarred, script.HelperBusy, script.HelperStaff,
	} {
		all[reflect.TypeOf(v)] = append(all[reflect.TypeOf(v)], v)
	}
	return all
}

// worded calls f with each combination of its arguments.
func worded(t *testing.T, name string, f reflect.Value, pool map[reflect.Type][]any) []string {
	t.Helper()
	calls := [][]reflect.Value{nil}
	for i := range f.Type().NumIn() {
		values := pool[f.Type().In(i)]
		if len(values) == 0 {
			t.Fatalf("%s: longest has no %s", name, f.Type().In(i))
		}
		var longer [][]reflect.Value
		for _, call := range calls {
			for _, v := range values {
				longer = append(longer, append(slices.Clone(call), reflect.ValueOf(v)))
			}
		}
		calls = longer
	}
	var texts []string
	for _, call := range calls {
		texts = append(texts, f.Call(call)[0].String())
	}
	return texts
}

// exported are the package's functions that make a sentence, by name.
func exported(t *testing.T) []string {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || slices.Contains(elsewhere, f.Name()) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Results == nil {
				continue
			}
			if result, ok := fn.Type.Results.List[0].Type.(*ast.Ident); ok && result.Name == "string" {
				names = append(names, fn.Name.Name)
			}
		}
	}
	return names
}

// TestEverySentenceFits words every sentence of the chat with its longest data:
// 160 characters, 12 lines, 2,048 bytes, the last line says what to do, and a
// person of several households reads which one it is about. A sentence that
// is not listed fails it.
func TestEverySentenceFits(t *testing.T) {
	t.Parallel()
	all, pool := sentences(), longest()
	for _, name := range exported(t) {
		if _, listed := all[name]; !listed {
			t.Errorf("%s is not among the sentences", name)
		}
	}
	for name, s := range all {
		texts, named := s.([]string)
		if f := reflect.ValueOf(s); f.Kind() == reflect.Func {
			texts = worded(t, name, f, pool)
			named = f.Type().NumIn() > 0 && f.Type().In(0) == reflect.TypeFor[script.Standing]()
		} else {
			named = false
		}
		for _, text := range texts {
			fits(t, name, text)
			if named && !slices.Contains(unnamed, name) && !strings.Contains(text, longHome.Head+"家（HQ-0031）") {
				t.Errorf("%s does not name the household: %q", name, text)
			}
		}
	}
	fits(t, "Sorry", script.Sorry)
}

func fits(t *testing.T, name, text string) {
	t.Helper()
	if !script.Fits(text) || len(text) > 2048 || text == "" {
		t.Errorf("%s: %d characters, %d rows: %q", name, utf8.RuneCountInString(text), strings.Count(text, "\n")+1, text)
	}
	if strings.Contains(text, "\n\n") || strings.HasSuffix(text, "\n") {
		t.Errorf("%s has an empty row: %q", name, text)
	}
	if last := text[strings.LastIndex(text, "\n")+1:]; !strings.ContainsAny(last, "请回发打问") {
		t.Errorf("%s does not end with what to do: %q", name, last)
	}
}
