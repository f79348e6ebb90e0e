#!/usr/bin/env bash
# Builds the client anew and compares it with what is committed, then tests it:
# in Node, in WeChat's own renderer, and in Chromium. Needs npm; Chromium and a
# Chinese font are installed where they are missing.
#
#   .ci/client.sh test    all of it
#   .ci/client.sh build   only build, into the committed folders
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=packages.sh
. "$here/packages.sh"
cd "$here/.."

built=(miniprogram/dist/mp-weixin handlers/phone/dist)
kept=''

find_chromium() { CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v google-chrome || true)} && [ -n "$CHROMIUM" ]; }

missing() {
	command -v npm >/dev/null || printf ' npm'
	find_chromium || printf ' chromium'
	[ -n "$(ls -d /usr/share/fonts/*/noto* 2>/dev/null)" ] || fc-list :lang=zh 2>/dev/null | grep -q . || printf ' fonts-noto-cjk'
}

# modules installs what the lock names. A registry has its bad moments.
modules() {
	(cd miniprogram && for try in 1 2 3; do
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && exit 0
		say "npm ci 没有成功（第 $try 次）/ npm ci failed"
	done; exit 1)
}

build() { (cd miniprogram && CI=1 npm run --silent build >&2); }

keep() {
	kept=$(mktemp -d)
	trap 'rm -rf "$kept"' EXIT
	for folder in "${built[@]}"; do mkdir -p "$kept/$(dirname "$folder")" && cp -r "$folder" "$kept/$folder"; done
}

# same fails where the build differs from what is committed.
same() {
	for folder in "${built[@]}"; do
		diff -r "$kept/$folder" "$folder" >&2 || {
			say "$folder 和源代码不一致：请运行 make client 再提交 / is not what the source builds: run make client and commit"
			return 1
		}
	done
}

case ${1:-} in
build)
	modules
	build
	;;
test)
	ensure_packages
	find_chromium
	export CHROMIUM
	keep
	modules
	build
	same
	(cd miniprogram && npm run --silent types && npm test && npm run test:console && npm run test:scene)
	;;
*)
	say 'usage: .ci/client.sh test | build'
	exit 2
	;;
esac
