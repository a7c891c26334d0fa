# Parley needs Go and make; everything else is looked for, and installed if it is missing.

GO      ?= go
ARGS    ?=
TIMEOUT ?= 20m
# What make test and make check look at.
PKGS    ?= ./...
# Packages that make race looks at: where goroutines share things.
RACE    ?= $(wildcard ./internal/live ./internal/pg ./internal/desk ./internal/webhook ./internal/react ./web)

export CGO_ENABLED = 0
# One cache for building and testing, and no path of this machine in the binary.
export GOFLAGS = -trimpath

# The pinned tools live in a directory named by the sum of tools.mod, so that they are
# built again when a pin moves and only then.
TOOLS := $(CURDIR)/.tools/$(shell cat tools.mod tools.sum | cksum | cut -d ' ' -f 1)
HAND  := git ls-files --cached --others --exclude-standard '*.go' | grep -vE '(_templ|\.sql)\.go$$|^db/(models|db)\.go$$'

.DEFAULT_GOAL := help
.PHONY: run dev build generate test race memory check bench seed clean help tools

run: ## Start Parley with demo data and print where it is (ARGS="--listen :9000")
	@.ci/install run
	@$(MAKE) --no-print-directory build
	bin/parley serve --demo $(ARGS)

dev: tools ## Start Parley and start it again when a template or a Go file changes
	@.ci/install run
	$(TOOLS)/templ generate --watch --cmd="$(GO) run ./cmd/parley serve --demo $(ARGS)"

build: ## Build bin/parley
	$(GO) build -ldflags "-s -w" -o bin/parley ./cmd/parley

generate: tools ## Generate Go from queries/*.sql and views/*.templ
	$(TOOLS)/sqlc generate
	$(TOOLS)/templ generate -log-level error
	$(HAND) | xargs $(TOOLS)/gofumpt -l -w

test: ## Run all tests (installs PostgreSQL, Chromium, Apertium and Node if they are missing)
	@.ci/install test
	$(GO) test -timeout $(TIMEOUT) $(PKGS)

race: ## Run the tests of the packages in RACE under the race detector (needs a C compiler)
	@.ci/install run
	CGO_ENABLED=1 $(GO) test -race -short -timeout $(TIMEOUT) $(RACE)

memory: ## Measure the memory of the server under hostile inputs (docs/security.md)
	@.ci/install run
	PARLEY_TEST_MEMORY=1 $(GO) test -timeout $(TIMEOUT) -run TestResidentMemory -v ./cmd/parley

check: tools ## Check generated code, formatting, vet, staticcheck, known vulnerabilities and the rules of the house
	$(TOOLS)/sqlc diff
	@before=$$(cat $$(git ls-files -co --exclude-standard '*_templ.go') </dev/null | cksum); \
	$(TOOLS)/templ generate -log-level error; \
	after=$$(cat $$(git ls-files -co --exclude-standard '*_templ.go') </dev/null | cksum); \
	[ "$$before" = "$$after" ] || { echo "templ generate changed something: commit what it made"; exit 1; }
	@wrong=$$($(HAND) | xargs $(TOOLS)/gofumpt -l); \
	[ -z "$$wrong" ] || { echo "gofumpt would change:"; echo "$$wrong"; exit 1; }
	$(GO) vet $(PKGS)
	@# fault.NotFound reads better than fault.ErrNotFound, hence without ST1012.
	$(TOOLS)/staticcheck -checks inherit,-ST1012 $(PKGS)
	.ci/vulnerabilities $(TOOLS)/govulncheck $(PKGS)
	$(GO) test ./internal/archtest

bench: build ## Measure the promises of docs/performance.md (CONVERSATIONS=50000)
	@.ci/install run
	$(GO) run ./cmd/bench -parley bin/parley $(if $(CONVERSATIONS),-conversations $(CONVERSATIONS)) $(ARGS)

seed: build ## Fill the database of this directory with realistic data (ARGS="--conversations 10000")
	@.ci/install run
	bin/parley seed $(ARGS)

clean: ## Remove what was built; data stays
	rm -rf bin/parley .tools

help: ## Say what can be made
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

tools: $(TOOLS)/staticcheck

$(TOOLS)/staticcheck: tools.mod tools.sum
	@echo "building the pinned tools into .tools (once, a few minutes on two cores)"
	@rm -rf .tools
	@mkdir -p $(TOOLS)
	$(GO) build -modfile=tools.mod -o $(TOOLS)/ github.com/a-h/templ/cmd/templ github.com/sqlc-dev/sqlc/cmd/sqlc mvdan.cc/gofumpt
	$(GO) build -modfile=tools.mod -o $(TOOLS)/ golang.org/x/vuln/cmd/govulncheck
	$(GO) build -modfile=tools.mod -o $(TOOLS)/ honnef.co/go/tools/cmd/staticcheck
