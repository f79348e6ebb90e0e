package roster

// MaxFile is how many bytes a workbook may have.
const MaxFile = 5 << 20

// Refusal says why a file is no workbook that can be read safely.
type Refusal string

// The refusals.
const (
	TooLarge     Refusal = "too_large"      // more bytes than MaxFile
	Empty        Refusal = "empty"          // nothing in it
	Old          Refusal = "old"            // .xls, or locked with a password
	Text         Refusal = "text"           // a text file such as .csv
	TextGBK      Refusal = "text_gbk"       // the same, in GBK
	NoWorkbook   Refusal = "no_xlsx"        // anything else
	Damaged      Refusal = "damaged"        // cut off, or not as its own marks say
	Swollen      Refusal = "swollen"        // grows out of measure when it is unpacked
	TooManyCells Refusal = "too_many_cells" // more rows or columns than a register has
	Macros       Refusal = "macros"         // holds programs
	Linked       Refusal = "linked"         // draws on other files or on the network
	Entities     Refusal = "entities"       // has its own XML entities
	TooDeep      Refusal = "too_deep"       // nested beyond all reason
	ManyParts    Refusal = "many_parts"     // more parts than a workbook has
)

func (r Refusal) Error() string { return "roster: " + string(r) }
