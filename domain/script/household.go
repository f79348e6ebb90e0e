package script

import (
	"fmt"
	"strconv"
	"strings"
)

func digits(n int) string { return strconv.Itoa(n) }

// Homes answers 换户 with the person's households, numbered; current counts
// from 1, 0 for none.
func Homes(homes []Home, current int) string {
	title := fmt.Sprintf("您有%d户。要看哪一户？", len(homes))
	foot := "请回那一户前面的数字"
	for shown := len(homes); shown > 1; shown-- {
		if text := rows(title, numbered(homes[:shown], current), foot); Fits(text) {
			return text
		}
	}
	return rows(title, numbered(homes[:min(1, len(homes))], current), foot)
}

func numbered(homes []Home, current int) string {
	written := make([]string, len(homes))
	for i, h := range homes {
		written[i] = digits(i+1) + " " + called(h, true)
		if i+1 == current {
			written[i] += " 现在看的"
		}
	}
	return strings.Join(written, "\n")
}

// OnlyHome answers 换户 for a person with one household.
func OnlyHome(s Standing) string {
	return rows("您只有"+called(s.Home, false)+"这一户，不用换。", "看总分请回：积分")
}

// Switched tells which household replies are about from now on.
func Switched(h Home) string {
	return rows("好了，现在看的是"+called(h, true)+"。", "看它的总分，请回：积分")
}

// GoneHome tells that the chosen household is not the person's any more.
func GoneHome(s Standing) string {
	return Under(s, rows("这一户已经不在您名下了。", "请再回：换户"))
}
