package script

import (
	"fmt"
	"strings"
)

// Check is one thing that a production installation needs.
type Check struct {
	Name string
	// Cure says what to do; empty where nothing is missing.
	Cure string
}

// Diagnosis lists what is there and what is missing, with a cure for each.
func Diagnosis(checks []Check) string {
	var b strings.Builder
	missing := 0
	for _, c := range checks {
		if c.Cure == "" {
			fmt.Fprintf(&b, "✓ %s\n", c.Name)
			continue
		}
		missing++
		fmt.Fprintf(&b, "✗ %s：%s\n", c.Name, c.Cure)
	}
	if missing == 0 {
		b.WriteString("都齐了，可以正式运行。")
	} else {
		fmt.Fprintf(&b, "还差 %d 样，按上面写的补齐后再运行一次 doctor。", missing)
	}
	return b.String()
}

// The names of what doctor looks at, and the cures.
const (
	CheckEnvironment = "正式环境"
	CheckFile        = "配置文件的权限"
	CheckPublicURL   = "公网网址"
	CheckClock       = "时钟"
	CheckDatabase    = "数据库"
	CheckSchema      = "数据库的表"
	CheckSecretKey   = "密钥（secret_key）"
	CheckOwner       = "建表账号分开"
	CheckRedis       = "Redis"
	CheckAccount     = "公众号"
	CheckSafeMode    = "消息加密（安全模式）"
	CheckToken       = "微信接口"
	CheckMini        = "小程序"
	CheckVillages    = "村的数据"
	CheckHolidays    = "明年的放假安排"
	CheckPush        = "主动发消息的渠道"

	CureEnvironment = "environment 改成 production"
	CurePublicURL   = "public_url 要用 https:// 的正式域名，并完成备案"
	CureClock       = "clock_file 留空，正式环境不能拨时钟"
	CureSQLite      = "database 改用 PostgreSQL（postgres://…）"
	CureNoDatabase  = "连不上，检查地址、账号，数据库是否已启动"
	CureSchema      = "先运行 xiangfeng migrate"
	CureSecretKey   = "请运行 openssl rand -base64 32，把结果填进 secret_key，备份好，以后不要换"
	CureOwner       = "给 database_owner 配一个单独的账号，服务账号就改不了账目"
	CureNoRedis     = "没有配置；多个实例时建议配上"
	CureRedisAway   = "连不上，检查 redis 地址"
	CureAccount     = "填写 official_account 的 app_id、original_id、secret、token"
	CureSafeMode    = "填写 aes_key，并在公众平台选“安全模式”"
	CureMini        = "填写 mini_program 的 app_id 和 secret"
	CurePush        = "push 里只有客服消息，48 小时没说过话的人都收不到；请申请模板或长期订阅，把模板 ID 写进 push"
	CureVillages    = "还没有村，请先导入名册"
)

// CureFile tells that others can read the configuration.
func CureFile(path string) string { return "别人也能读到密钥，请运行 chmod 600 " + path }

// CureToken tells why WeChat gave no access token.
func CureToken(why string) string {
	return "拿不到 access_token（" + why + "），检查 AppID、密钥和公众平台的 IP 白名单"
}

// CureHolidays tells that next year's working days rest on the general rule.
func CureHolidays(year int) string {
	return fmt.Sprintf("国务院%d年放假通知出来后请升级程序，否则按一般规则推算工作日", year)
}
