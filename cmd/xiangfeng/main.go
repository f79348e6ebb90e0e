// Command xiangfeng is 乡风积分: the points scheme of a county's villages, in
// one binary. It is the only place that wires the parts together.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/xiangfeng/xiangfeng/domain/script"
)

// cli is everything that can be asked of the program. The help texts are what
// an administrator reads.
type cli struct {
	Demo    demoCmd      `cmd:"" help:"本机演示：自带数据和本地微信，什么都不用装。"`
	Serve   serveCmd     `cmd:"" help:"启动服务。"`
	Migrate migrateCmd   `cmd:"" help:"建表或升级数据库。"`
	Seed    seedCmd      `cmd:"" help:"装入虚构的乡镇或县的数据，只能装进空库。"`
	Import  importCmd    `cmd:"" help:"装入一个镇的名册（.xlsx）；--template 取空白模板。"`
	Cards   cardsCmd     `cmd:"" help:"把一个村的积分信息卡写成网页，打印后剪开。"`
	Admin   adminLinkCmd `cmd:"" name:"admin-link" help:"给管理员一个登录管理台的链接，只能用一次。"`
	Verify  verifyCmd    `cmd:"" help:"核对账目、合计、公示表和校验链；有问题时退出码不为零。"`
	Menu    menuCmd      `cmd:"" help:"公众号菜单。"`
	Doctor  doctorCmd    `cmd:"" help:"看看正式运行还差什么。"`
	Version versionCmd   `cmd:"" help:"显示版本。"`
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run parses the arguments, runs one command until it ends or the process is
// told to stop, and returns the exit code.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	parser, err := kong.New(&c, kong.Name("xiangfeng"), kong.Description("乡风积分：乡村积分制的微信服务。"),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, script.BadCommand(err.Error()))
		return 2
	}
	if err := command.Run(); err != nil {
		if !errors.Is(err, errIncomplete) {
			fmt.Fprintln(os.Stderr, err)
		}
		return 1
	}
	return 0
}

type versionCmd struct{}

// Run prints the version that the build recorded.
func (versionCmd) Run() error { //nolint:unparam // kong wants an error
	fmt.Println("xiangfeng " + version())
	return nil
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	revision := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = " " + s.Value
		}
	}
	return info.Main.Version + revision
}
