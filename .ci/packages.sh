# Sourced by the scripts beside it: installs packages of Debian's archive.

say() { printf '%s\n' "$*" >&2; }

apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get \
		-o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@" </dev/null >&2
}

# install_packages installs them as root or with sudo, and fails where neither is to be had.
install_packages() {
	as_root=()
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || return 1
		as_root=(sudo)
		# Without a terminal nobody can type a password.
		[ -t 2 ] || { as_root=(sudo -n) && sudo -n true 2>/dev/null; } || return 1
	fi
	command -v apt-get >/dev/null || return 1
	say "安装测试所需的软件包（${as_root[0]:-root}）/ installing: $*"
	apt update || say '软件源更新失败，用已有的列表再试 / apt-get update failed, trying with the lists there are'
	# Two installations at once can leave dpkg half done.
	apt install -y --no-install-recommends "$@" ||
		{ apt --fix-broken install -y && apt install -y --no-install-recommends "$@"; }
}

# ensure_packages installs what missing prints, and ends the script where something is left.
ensure_packages() {
	local packages
	packages=$(missing)
	[ -z "$packages" ] && return
	# shellcheck disable=SC2086 # a list of words
	install_packages $packages || true
	packages=$(missing)
	[ -z "$packages" ] && return
	say "缺少软件包，自动安装没有成功。请用管理员身份运行："
	say "Packages are missing and could not be installed. As root, run:"
	say "    apt-get update && apt-get install -y$packages"
	exit 1
}
