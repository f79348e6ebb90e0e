# make test needs Go, git, make and npm; it installs and starts the rest itself.

BENCH ?= .
PACKAGES ?= ./...
COUNT ?= 5

GOFUMPT = go run mvdan.cc/gofumpt@v0.12.0
GOLANGCI = go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: test client bench county close push supervision guesses services lint fmt generate build demo run

# The whole suite with the race detector and without skips, on SQLite,
# PostgreSQL and Redis; then the client's, in WeChat's renderer and in Chromium.
test:
	@.ci/services.sh run env CGO_ENABLED=1 go test -race -count=1 -timeout 20m ./...
	@.ci/client.sh test

# The client, from miniprogram/ into the folders that are committed.
client:
	@.ci/client.sh build

# make bench BENCH=Question PACKAGES=./storage/... COUNT=3
bench:
	@.ci/services.sh run env CGO_ENABLED=0 go test -run '^$$' -bench '$(BENCH)' -benchmem -count=$(COUNT) -timeout 60m $(PACKAGES)

# A county of 400,000 households and 8 million events: how long it loads and
# verifies, and whether it answers as fast as a township. Takes 20 minutes.
county:
	@.ci/services.sh run env CGO_ENABLED=0 XIANGFENG_TEST_COUNTY=480 go test -run '^$$' -bench County -benchtime 1x -timeout 90m ./cmd/xiangfeng

# The same county closes its quarter: every sheet is signed by three, published with
# its notices, and sealed, while the chat is asked. Takes half an hour.
close:
	@.ci/services.sh run env CGO_ENABLED=0 XIANGFENG_TEST_COUNTY=480 go test -run '^$$' -bench Close -benchtime 1x -timeout 120m ./cmd/xiangfeng

# 20,000 people are told something through ten kills of the program, five crashes
# of PostgreSQL and 7 % bad answers of WeChat; then how fast it is beside bare
# posts. Takes 10 minutes.
push:
	@.ci/services.sh run env CGO_ENABLED=0 XIANGFENG_TEST_PUSH=20000 go test -count=1 -v -run 'PushThroughKills|PushKeepsUp' -timeout 30m ./cmd/xiangfeng

# Plays 2,700 honest and rigged quarters, and writes what the look before
# publishing makes of them into docs/supervision.md. Takes two minutes.
supervision:
	XIANGFENG_TEST_SUPERVISION=1 go test -run CaughtAndWronglyBlocked -count=1 -v ./domain/alarm -update

# 20,000 guesses at cards and their digits by 101 people. Takes some minutes.
guesses:
	XIANGFENG_TEST_GUESSES=20000 go test -run Guesses -count=1 -v -timeout 30m ./bot

# PostgreSQL and Redis for go test in another terminal, until Ctrl-C.
services:
	@.ci/services.sh hold

lint:
	go vet ./...
	$(GOLANGCI) run ./...

fmt:
	$(GOFUMPT) -w .

generate:
	go generate ./...

build:
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o xiangfeng ./cmd/xiangfeng

demo run:
	CGO_ENABLED=0 go run ./cmd/xiangfeng demo
