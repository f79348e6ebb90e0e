package script

// WhichPrivacy asks which of three things is meant.
func WhichPrivacy(s Standing) string {
	return Under(s, rows("您是想：", "1 解绑：这个微信不再连着这一户", "2 删除我的信息", "3 换手机号", "请回数字，选一个"))
}

// ConfirmLeave repeats what 解绑 brings about.
func ConfirmLeave(s Standing) string {
	return rows("要让您的微信不再连着"+home(s.Home, s.Place)+"吗？分还在户里，不会少。以后再连，要重新绑定。", "不解绑，请回：取消", "要解绑，请回：确认")
}

// Left tells who left a household.
func Left(h Home) string {
	return rows("好了，您的微信不再连着"+called(h, true)+"了。分都还在。", "要再连上，请发卡上的号码")
}

// LeftOne tells who left one of several households which is shown now.
func LeftOne(h Home, now Home) string {
	return rows("好了，您的微信不再连着"+called(h, true)+"了。分都还在。", "现在看的是"+called(now, true)+"。看总分请回：积分")
}

// NothingToLeave answers 解绑 where the person is not bound any more.
func NothingToLeave(s Standing) string {
	if s.Homes == 0 {
		return rows("您的微信没有连着哪一户，不用解绑。", next(s))
	}
	return Under(s, rows("您的微信没有连着这一户，不用解绑。", next(s)))
}

// ConfirmErase says what is deleted, what is kept and why.
func ConfirmErase(s Standing) string {
	return Under(s, rows(
		"会删：您的微信、姓名、手机号、对话和申请，不能恢复。",
		"会留：这一户的积分账、公示表和名册，要按规定存档。",
		"以后再用：手机号不算数了，发卡号后要积分小组同意。",
		"不删，请回：取消",
		"要删，请回：确认",
	))
}

// Erased tells who is not known any more.
func Erased() string {
	return rows("好了，您的信息删掉了。户里的分都还在。以后想再用，要积分小组同意。", "到时候请发卡上的号码，再回：审批")
}

// EraseBlocked answers who still holds a post.
func EraseBlocked(s Standing) string {
	return Under(s, rows("您还在积分小组或超市任职，记录要有人负责，现在不能删。", "请先找"+s.Place.Whom()+"免去职务"))
}

// NothingToErase answers who is not known.
func NothingToErase() string {
	return rows("这里没有存您的信息，不用删。", "要连上一户，请发卡上的号码")
}

// NewPhone answers 换手机号: what the register has is changed by the team.
func NewPhone(s Standing) string {
	return Under(s, rows("登记的手机号，要村里的积分小组当面改，微信里改不了。", "请带卡去找"+s.Place.Whom()))
}
