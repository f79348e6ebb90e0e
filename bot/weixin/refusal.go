package weixin

// Refusal is why a packet was not acted on: a stable code for logs and
// counters that holds nothing of the packet. It is an error.
type Refusal string

// The reasons for refusing a packet.
const (
	BadSignature Refusal = "bad_signature" // the signature is absent, doubled or wrong
	Stale        Refusal = "stale"         // signed more than 300 s from now, or at no readable time
	Downgraded   Refusal = "downgraded"    // not in safe mode although the account is
	BadKey       Refusal = "bad_key"       // neither AES key opens it
	WrongApp     Refusal = "wrong_app"     // sealed for another appid
	WrongAccount Refusal = "wrong_account" // addressed to another account
	BadXML       Refusal = "bad_xml"       // not the small, strict XML that the platform writes
	BadMessage   Refusal = "bad_message"   // an id, sender or time that a message must have is absent or odd
	Spoofed      Refusal = "spoofed"       // the sender is not the person that the address line names
	TooLarge     Refusal = "too_large"     // more than MaxBody bytes
)

// Error names the reason.
func (r Refusal) Error() string { return "weixin: packet refused: " + string(r) }
