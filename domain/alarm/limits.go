package alarm

// The thresholds, each with its reason. What a share is of, and what follows
// from it, stands with the check that uses it; docs/supervision.md explains
// them to those who are supervised.
const (
	// fewestHomes: among fewer households nothing is said about alikeness;
	// three that are the same are no pattern.
	fewestHomes = 5
	// smallVillage: below it one household is 5 % or more, so that a share
	// says less and everybody may well have come to a meeting.
	smallVillage = 20

	// active: where fewer households got anything, the quarter is sparse, as a
	// new start's is, and the many that got nothing are not alike by design.
	active = 0.5

	// lesser: what does not show who took part is judged by itself where it is at
	// least this part of all that was given.
	lesser = 0.5

	// sameAlone: so many households with the very same sum stand out without any
	// further sign. A village in which three months' rounds find nine homes in
	// ten in order has three in four with the full sum.
	sameAlone = 0.85
	// sameSigned and sameMarked: what suffices with one and with two signs that
	// the sums were made and not found.
	sameSigned = 0.75
	sameMarked = 0.60
	// nearAlone: as sameAlone, for sums within a tenth of the middle one: 散一点 to hide it.
	nearAlone  = 0.93
	nearSigned = 0.80
	nearMarked = 0.70
	// nearTenths is the least that near allows either way: one point.
	nearTenths  = 10
	nearPercent = 0.10

	// everybody: an item that so many have tells no household from another
	// (PRODUCT 2.5 refuses one that everybody gets without doing anything).
	everybody = 0.98
	// common: where items that everybody has make up so much of what was given,
	// the rest is decoration, if it also spreads no wider than narrow.
	common = 0.80
	// handedOut: so much came to everybody on single days.
	handedOut = 0.50
	// narrow is a spread, as half the mean difference of two households over the
	// mean (Gini): 0 is all alike; honest rounds lie around 0.2.
	narrow = 0.15

	// stepped is a spread of a few steps near each other (差一两分的几档), where
	// everybody got something and nearly all was recorded as lists.
	stepped = 0.12

	// heap and fewestHeap: a sum that so many have is a heap's. mostHeaps: a
	// village has so many groups. heaped: so many households in all are in one, or
	// all but one.
	heap       = 0.06
	fewestHeap = 3
	mostHeaps  = 10
	heaped     = 0.90
	// meeting: so many times as many pairs of households have the same sum as
	// would if they had done each thing without regard to the others. A clean-up
	// day splits a village in two, two days in four: as many as by chance. Who is
	// diligent in everything makes it half as many more.
	meeting = 2.0
	// together: lists that have so many households in common count as one.
	together = 0.70
	// stretch and stretchErrors: neighbours in the village's list differ so rarely.
	stretch       = 0.05
	stretchErrors = 3.5

	// topped: so many have one sum, and so many of those in a way of their own
	// (ownWay): a hint that the lower were lifted to it.
	topped = 0.25
	ownWay = 0.60
	// handedSome: so much came to everybody on a day: a hint.
	handedSome = 0.08

	// levelled: sums vary by so little of what their items vary, added up. Who is
	// diligent in one thing is in others, so honest sums vary by as much or more;
	// sums that were filled up to one mark (补平) by far less.
	levelled      = 0.25
	levelledSmall = 0.10 // in a small village, where chance alone reaches 0.25
	// levelledNarrow: such sums are one mark only where they also lie close.
	levelledNarrow = 0.13
	// varied: the items must vary by so much of the mean sum that there is
	// something to level.
	varied = 0.15

	// rotated: the sums of several quarters vary by so little of what the quarters
	// vary, added up: whose turn it was changed (轮流坐庄).
	rotated = 0.15
	// rotatedNear: and so many of them lie near the middle one.
	rotatedNear = 0.70
	// rotatedSpread: while the quarter itself is spread, else it is seen as it is.
	rotatedSpread = 0.20

	// gathered: with a picture, so many may have come to one day: the sick and
	// those who work elsewhere are missing from every real list.
	gathered = 0.98
	// gatheredUnseen: without one; none in the quarter's last days, when sums are made.
	gatheredUnseen = 0.90
	// often and gatheredOften: over so many gatherings the mean is lower.
	often         = 3
	gatheredOften = 0.92
	// mass: a day on which so many households got something is a gathering's.
	mass      = 0.50
	fewestMet = 4
	// alikeAmount: whoever comes to a gathering gets the same; what fills sums up
	// differs from one to the next.
	alikeAmount = 0.90
	// prompt: a gathering is recorded within so many days.
	prompt = 7
	// copied: two lists of different days that differ in so few households are
	// one list; at real gatherings others are missing each time.
	copied = 0.02

	// desk: so much of what was given came in on one day of the quarter's end.
	desk = 0.70
	// endDays: the quarter's end are its last days, and all that follow.
	endDays = 5

	// bulk: so many of the quarter's events came in at a month's end, a week and
	// more after they occurred. A month has thirty days; two of them are a
	// fifteenth.
	bulk       = 0.50
	bulkEvents = 20
	bulkLag    = 7 // days
	bulkLast   = 2 // days of a month, with the first day of the next

	// listed: lists of so many households are compared (identical batches).
	listed      = 5
	listedShare = 0.20
	listedTimes = 2
	listedSmall = 3 // times, where the list is of everybody or the village is small

	// apartErrors: a recorder's mean a household lies so many standard errors from the
	// colleagues', by the items that both record, and differs by half.
	apartErrors  = 4.0
	apartRatio   = 1.5
	apartHomes   = 5
	apartPoints  = 20 // tenths: two points a household are nothing to speak of
	sharedEvents = 3

	// favoured: the homes of the team's people and kin lie so many standard
	// errors above the others', and by half.
	favoured       = 3.5
	favouredRatio  = 1.5
	favouredPoints = 50 // tenths
	// mutual and mutualRatio: two of the team who each give the other's kin more,
	// who are few, so that a diligent one alone lies far above.
	mutual      = 3.0
	mutualRatio = 2.0
	mutualAll   = 2.0

	// dayOff: a picture's own day may differ by so much from the day that was
	// claimed: the clock of a camera, a deed that ended after midnight.
	dayOff = 1

	// arrived: who joined in the quarter's last days need not have been visited.
	arrived = 31

	// MostLines is how many events an alarm keeps behind it; a person goes
	// through them one by one.
	MostLines = 100
)
