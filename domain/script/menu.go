package script

// MenuEntry is an entry of the official account's menu: a key that a tap
// sends, or entries of its own. WeChat takes three entries, with five below each.
type MenuEntry struct {
	Key   string
	Label string
	Sub   []MenuEntry
}

// Menu is the official account's menu. Its keys are those of the bot's intents.
func Menu() []MenuEntry {
	return []MenuEntry{
		{Label: "我家积分", Sub: []MenuEntry{
			{Key: "points", Label: "查积分"}, {Key: "lines", Label: "看明细"}, {Key: "household", Label: "换一户"},
		}},
		{Label: "村里公示", Sub: []MenuEntry{
			{Key: "published", Label: "看公示"}, {Key: "rank", Label: "看排名"}, {Key: "top", Label: "前十名"},
		}},
		{Key: "help", Label: "帮助"},
	}
}
