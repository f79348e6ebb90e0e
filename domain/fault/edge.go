package fault

// What the edges of the product refuse before any rule is asked, or because of
// what WeChat or the register says.
const (
	SignedOut    Code = "signed_out"    // no session, or one that is over
	KeyMissing   Code = "key_missing"   // a write without the key that makes it happen once
	TooLarge     Code = "too_large"     // the body
	WrongType    Code = "wrong_type"    // of the body
	SlowDown     Code = "slow_down"     // too many writes within a minute
	Busy         Code = "busy"          // the server cannot answer now
	WrongCode    Code = "wrong_code"    // WeChat does not know the code, or it was used
	WrongFactor  Code = "wrong_factor"  // card and digits do not go together
	PhoneUnknown Code = "phone_unknown" // the number stands with no member of the register
	Ambiguous    Code = "ambiguous"     // it stands with several
	OtherPerson  Code = "other_person"  // the phone means somebody else than who is signed in
	TextRisky    Code = "text_risky"    // WeChat finds that what was typed must not be shown to others
	// NeedsApproval is for who comes to a household after others (PRODUCT 2, the life of a household).
	NeedsApproval Code = "needs_approval"
)
