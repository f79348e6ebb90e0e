package script

import (
	"strings"

	"github.com/xiangfeng/xiangfeng/domain/notice"
)

var noticeNames = map[notice.Kind]string{
	notice.Published: "季度公示", notice.Redeem: "兑换提醒", notice.Lapse: "到期提醒", notice.Dispute: "异议进度",
}

// Notices lists the kinds with what is on and off, numbered; the last number
// turns all off, or all on where all are off.
func Notices(s Standing, off notice.Off) string {
	var list strings.Builder
	all := notice.Kinds()
	for n, k := range all {
		state := "开着"
		if off[k] {
			state = "已关"
		}
		list.WriteString("\n" + digits(n+1) + " " + noticeNames[k] + "：" + state)
	}
	last := "全部关掉"
	if len(off) == len(all) {
		last = "全部打开"
	}
	return Under(s, "以后会发给您的提醒："+list.String()+"\n"+digits(len(all)+1)+" "+last+"\n要改哪个，请回数字")
}

// Choosing asks for a 确认 to turn one kind, or all where k is empty, on or off.
func Choosing(s Standing, k notice.Kind, wanted bool) string {
	if wanted {
		return Under(s, rows("要打开“"+which(k)+"”，有了就发给您。", "要打开请回：确认，不改请回：取消"))
	}
	return Under(s, rows("要关掉“"+which(k)+"”，以后不再发给您。", "要关请回：确认，不改请回：取消"))
}

func which(k notice.Kind) string {
	if k == "" {
		return "全部提醒"
	}
	return noticeNames[k]
}

// Chosen tells what was turned on or off.
func Chosen(s Standing, k notice.Kind, wanted bool) string {
	done := "“" + which(k) + "”关掉了，以后不发。"
	if wanted {
		done = "“" + which(k) + "”打开了。"
	}
	return Under(s, rows(done, "想改回来，请回：订阅"))
}

// StopWhat asks what 退订 means.
func StopWhat(s Standing) string {
	return Under(s, rows("您是不想再收哪样？", "1 不想再收提醒消息", "2 取消预订的东西", "请回数字"))
}
