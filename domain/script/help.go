package script

import "strings"

// Help answers 帮助 with the most useful things to send.
func Help(s Standing) string {
	return Under(s, rows("您可以回这几个词：", words(s), "请回一个词，还有别的请回：更多"))
}

// HelpMore is the rest of what can be sent.
func HelpMore(s Standing) string {
	return Under(s, rows(
		"还可以回：", "兑换：能换多少", "细则：怎么加分扣分", "异议：哪条记得不对", "申报：报做的好事",
		"建议、投诉：说给镇上", "代办：请人替您看", "退订：管提醒", "人工：找谁", "请回一个词",
	))
}

// Welcome greets who has just followed and belongs to a household.
func Welcome(s Standing) string {
	name := called(s.Home, s.Homes > 1)
	return rows(name+"，您好！这里查"+s.Place.Name+"的积分。", words(s), "请回上面一个词")
}

func words(s Standing) string {
	switchable := ""
	if s.Homes > 1 {
		switchable = "换户：换看另一户"
	}
	return rows("积分：您家多少分，能换多少", "明细：每一条怎么来的", "排名：在村里排第几", "公示：这个季度的榜", switchable)
}

// Choices offers the likeliest questions by their titles; again, after a
// second miss in a row, names whom to call.
func Choices(s Standing, titles []string, again bool) string {
	var options strings.Builder
	for i, title := range titles {
		options.WriteString("\n" + digits(i+1) + " " + title)
	}
	foot := "请回数字，选一个"
	if again {
		return Under(s, "还是没听懂。请找"+s.Place.Whom()+"问一问，或选："+options.String()+"\n"+foot)
	}
	return Under(s, "没太听懂。您是想："+options.String()+"\n"+foot)
}
