package script

import (
	"fmt"
	"strings"
)

// What the program tells whoever installs and runs it.

// NoConfig is said when the configuration file cannot be read.
func NoConfig(path string) string {
	return fmt.Sprintf("读不到配置文件 %s。\n请先复制一份：cp config.example.yaml %s", path, path)
}

// BadConfig is said when the configuration file cannot be understood; where
// holds line and column.
func BadConfig(path, where string) string {
	return fmt.Sprintf("配置文件 %s 有错：%s\n请按 config.example.yaml 里的写法改正。", path, where)
}

// WrongKey says why a configuration key cannot stay as it is.
func WrongKey(key, why string) string { return key + "：" + why }

// WrongConfig lists everything that is wrong with the configuration.
func WrongConfig(wrong []string) string {
	return "配置有 " + fmt.Sprint(len(wrong)) + " 处不对，改好再启动：\n- " + strings.Join(wrong, "\n- ")
}

// UnknownKey says where the configuration has a key that there is not.
func UnknownKey(line, column int, key string) string {
	return fmt.Sprintf("第%d行第%d列，不认识 %s", line, column, key)
}

// DoubledKey says where the configuration has a key a second time.
func DoubledKey(line, column int, key string) string {
	return fmt.Sprintf("第%d行第%d列，%s 写了两次", line, column, key)
}

// NotYAML says where the configuration cannot be understood, line 0 where that
// is not known.
func NotYAML(line, column int) string {
	if line == 0 {
		return "看不懂"
	}
	return fmt.Sprintf("第%d行第%d列看不懂，请检查冒号、引号和缩进", line, column)
}

// BadEnvironment is said of an environment variable that no key knows.
func BadEnvironment(name string) string { return name + "：不认识这个环境变量" }

// GivenTwice is said of a variable that is set and also has a file.
func GivenTwice(name string) string { return name + "：和 " + name + "_FILE 只能设一个" }

// BadSecretFile is said when the file that a variable names cannot be read.
func BadSecretFile(name string) string {
	return name + "：指的文件读不到，请检查路径和权限"
}

// Exposed is said in production of a file with secrets that others may read.
func Exposed(path string) string {
	return path + "：里面有密钥，别人也能读，请运行：chmod 600 " + path
}

// BadKeyFile is said when the file that keeps the installation's key can
// neither be read nor made.
func BadKeyFile(path string) string { return "密钥文件 " + path + " 读不到也写不了" }

// NoPhotos is said when the folder of the photos cannot be used.
func NoPhotos(address string) string {
	return "照片存不进 " + address + "，请检查 photos 和文件夹的权限。"
}

// NoDatabase is said when the database does not answer at the start.
func NoDatabase() string {
	return "连不上数据库，请检查 database 和数据库是否已启动。"
}

// OldSchema is said when the tables are older than the program.
func OldSchema() string {
	return "数据库还没有建表或升级，请先运行：xiangfeng migrate --config 配置文件"
}

// Migrated says what migrate did.
func Migrated(steps []string) string {
	if len(steps) == 0 {
		return "数据库已是最新，不用升级。"
	}
	return "数据库已升级：" + strings.Join(steps, "，")
}

// Seeded says what seed loaded.
func Seeded(villages, households, entries int) string {
	return fmt.Sprintf("已装入 %d 个村、%d 户、%d 笔账。可以运行 verify 核对。", villages, households, entries)
}

// NotEmpty is said when seed meets a database that is in use.
func NotEmpty() string { return "数据库里已经有村，虚构数据只能装进空库。" }

// SeedTooSmall says what seed needs at least in each village.
func SeedTooSmall(households int) string {
	return fmt.Sprintf("至少要 1 个村、每村 %d 户，事件数不能是负数。", households)
}

// SeedYear says for which years seed can make data.
func SeedYear(first, last int) string {
	return fmt.Sprintf("年份要在 %d 到 %d 之间。", first, last)
}

// Serving says where the service listens.
func Serving(url string) string { return "服务已启动：" + url }

// NoAccount warns that no official account is configured.
func NoAccount() string {
	return "还没有填写公众号（official_account），微信消息暂时收不到。"
}

// DemoReady says where the demo is.
func DemoReady(url string) string {
	return "演示已启动，请用浏览器打开：" + url + "\n按 Ctrl-C 结束。"
}

// AddressTaken is said when another program listens where this one should.
func AddressTaken(addr string) string {
	return "地址 " + addr + " 已被别的程序占用，请换一个。"
}

// BadCommand is said when the program is called with something it does not know.
func BadCommand(why string) string {
	return "命令写得不对：" + why + "\n看怎么用，请运行：xiangfeng --help"
}

// NoWeChat is said when the platform could not be asked; why names the call
// and what went wrong, never an address or a secret.
func NoWeChat(why string) string {
	return "微信没有回应：" + why + "。\n请检查网络、AppID 和密钥，以及公众平台里的 IP 白名单。"
}

// MenuPushed is said when WeChat took the menu.
func MenuPushed() string { return "菜单已送到微信，村民重新打开聊天就能看到。" }

// MenuRefused is said when WeChat did not take the menu.
func MenuRefused(code int) string {
	return fmt.Sprintf("微信没有收下菜单，错误码 %d。请确认是已认证的服务号，再试一次。", code)
}

// NoSuchChannel tells that a way of telling people names a channel that there is not.
func NoSuchChannel(name string) string {
	return "没有“" + clip(name, 40) + "”这个渠道，可以写 long_term、template、one_time、mini_long_term、mini_one_time、service"
}

// ChannelTwice tells that a channel stands twice in one kind's ways.
func ChannelTwice(name string) string { return "渠道“" + name + "”写了两次" }

// NoTemplate tells that a channel lacks its template or the fields of it.
func NoTemplate(channel string) string {
	return "“" + channel + "”后面要写模板 ID，再写字段=内容，比如 thing1=home"
}

// NoSlot tells that something is no field, or that its content does not suit it.
func NoSlot(channel, text string) string {
	return "“" + channel + "”里的“" + clip(text, 40) + "”不对：字段和内容的对应见 config.example.yaml"
}
