#!/usr/bin/env bash
# Starts PostgreSQL and Redis for the tests, on free ports of 127.0.0.1, in a
# temporary folder, as an unprivileged user, and always stops them again.
#
#   .ci/services.sh run CMD…   run CMD with their addresses; its exit code is ours
#   .ci/services.sh hold       print the addresses and stay until Ctrl-C
#
# What is missing is installed from Debian's archive, as root or with sudo.
# Where everything is there, no archive is touched.
set -euo pipefail

# The binaries' place can be named, for another system than Debian.
pg_dirs=${XIANGFENG_PG_BIN:-/usr/lib/postgresql/*/bin}
redis_server=${XIANGFENG_REDIS_SERVER:-redis-server}

dir='' pg_bin='' redis_pid='' child=''

here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=packages.sh
. "$here/packages.sh"

# --- what must be there -----------------------------------------------------

find_pg() {
	local d
	pg_bin=''
	# The newest version comes last.
	for d in $(printf '%s\n' $pg_dirs | sort -V); do
		[ -x "$d/initdb" ] && [ -x "$d/postgres" ] && pg_bin=$d
	done
	[ -n "$pg_bin" ]
}

# A compiler without the C library's headers does not build the race detector.
find_cc() { echo '#include <stdlib.h>' | ${CC:-gcc} -E - >/dev/null 2>&1; }

# missing prints the packages to install, nothing where all is there.
missing() {
	find_pg || printf ' postgresql'
	command -v "$redis_server" >/dev/null || printf ' redis-server'
	find_cc || printf ' gcc libc6-dev'
}

# --- as whom and where ------------------------------------------------------

# PostgreSQL refuses to run as root.
as_user=()
choose_user() {
	[ "$(id -u)" -eq 0 ] || return 0
	local user=postgres
	if ! id -u "$user" >/dev/null 2>&1; then
		user=xiangfeng-test
		id -u "$user" >/dev/null 2>&1 || useradd -r -M -s /usr/sbin/nologin "$user"
	fi
	as_user=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups --)
}

make_dir() {
	local base=${TMPDIR:-/tmp}
	"${as_user[@]}" test -x "$base" || base=/tmp
	dir=$(mktemp -d "$base/xiangfeng-test.XXXXXX")
	if [ ${#as_user[@]} -gt 0 ]; then
		chown "$("${as_user[@]}" id -u)" "$dir"
	fi
}

free_port() {
	local port
	for _ in $(seq 100); do
		# Below the ports that the kernel hands out for outgoing connections.
		port=$((20000 + RANDOM % 12000))
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			echo "$port"
			return
		fi
	done
	return 1
}

# --- start and stop ---------------------------------------------------------

unprivileged() { (cd "$dir" && "${as_user[@]}" "$@"); }

start_pg() {
	unprivileged "$pg_bin/initdb" -D "$dir/pg" -U app -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
		>"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; return 1; }
	local port
	for _ in 1 2 3 4 5; do
		port=$(free_port)
		# Another program may take the port between the look and the start.
		if unprivileged "$pg_bin/pg_ctl" -D "$dir/pg" -l "$dir/pg.log" -w -t 60 -s start \
			-o "-p $port -k $dir -c listen_addresses=127.0.0.1 -c max_connections=200" >/dev/null 2>&1; then
			export XIANGFENG_TEST_POSTGRES="postgres://app@127.0.0.1:$port/postgres?sslmode=disable"
			# A test that has the server for itself may crash it.
			XIANGFENG_TEST_POSTGRES_RESTART="cd '$dir' && ${as_user[*]} '$pg_bin/pg_ctl' -D '$dir/pg' -l '$dir/pg.log' -m immediate -w -t 60 -s restart"
			export XIANGFENG_TEST_POSTGRES_RESTART
			return
		fi
	done
	cat "$dir/pg.log" >&2
	return 1
}

start_redis() {
	local port
	for _ in 1 2 3 4 5; do
		port=$(free_port)
		: >"$dir/redis.log"
		# In a session of its own, so that Ctrl-C reaches it through stop alone;
		# by exec alone, so that the id is Redis's.
		(cd "$dir" && exec "${as_user[@]}" setsid "$redis_server" --port "$port" --bind 127.0.0.1 \
			--save '' --appendonly no --dir "$dir") >"$dir/redis.log" 2>&1 </dev/null &
		redis_pid=$!
		for _ in $(seq 300); do
			if grep -q 'Ready to accept connections' "$dir/redis.log"; then
				export XIANGFENG_TEST_REDIS="127.0.0.1:$port"
				return
			fi
			kill -0 "$redis_pid" 2>/dev/null || break
			sleep 0.1
		done
		end "$redis_pid"
	done
	cat "$dir/redis.log" >&2
	return 1
}

# end stops a process, or a group where the id is negative: politely, and
# after 10 seconds by force.
end() {
	kill -TERM -- "$1" 2>/dev/null || return 0
	for _ in $(seq 100); do
		kill -0 -- "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL -- "$1" 2>/dev/null || true
}

stop() {
	local code=$?
	trap '' INT TERM HUP
	set +e
	[ -n "$child" ] && end "-$child"
	[ -n "$redis_pid" ] && end "$redis_pid"
	if [ -n "$dir" ]; then
		if [ -f "$dir/pg/postmaster.pid" ]; then
			unprivileged "$pg_bin/pg_ctl" -D "$dir/pg" -m immediate -w -t 30 -s stop >/dev/null 2>&1 ||
				kill -KILL "$(head -n 1 "$dir/pg/postmaster.pid")" 2>/dev/null
		fi
		rm -rf "$dir"
	fi
	exit "$code"
}

start() {
	ensure_packages
	find_pg
	trap stop EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
	choose_user
	make_dir
	start_pg
	start_redis
	export XIANGFENG_TEST_NO_SKIP=1
}

# run_child runs the command in a process group of its own: a signal to this
# script then ends all of it at once, and nothing waits for it.
run_child() {
	local code=0
	set -m
	"$@" </dev/null &
	child=$!
	set +m
	wait "$child" || code=$?
	child=''
	return "$code"
}

case ${1:-} in
run)
	shift
	[ $# -gt 0 ] || { say 'usage: .ci/services.sh run CMD…'; exit 2; }
	start
	run_child "$@"
	;;
hold)
	start
	for name in XIANGFENG_TEST_POSTGRES XIANGFENG_TEST_REDIS XIANGFENG_TEST_NO_SKIP; do
		printf "export %s='%s'\n" "$name" "${!name}"
	done
	say '按 Ctrl-C 停止 / Ctrl-C stops them'
	run_child sleep infinity
	;;
*)
	say 'usage: .ci/services.sh run CMD… | hold'
	exit 2
	;;
esac
