# Earshot. `make help` lists the targets.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
BIN     := .build/earshot
DATA    := $(abspath $(or $(EARSHOT_SHARED),../shared)/data)

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build and start the desk with the demonstration on http://127.0.0.1:8080
	@$(BIN) demo

.PHONY: build
build: assets ## Build the binary into .build/
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/earshot

.PHONY: assets
assets: web/vendor/.stamp ## Fetch what the pages use from npm; the desk also works without

web/vendor/.stamp: web/package.json web/package-lock.json web/build.mjs
	@if command -v npm >/dev/null; then cd web && npm ci --no-audit --no-fund --silent && node build.mjs && touch vendor/.stamp; \
	else echo "npm is not installed: the pages work, without live updates"; fi

.PHONY: test
test: assets ## Run every test with the race detector, shuffled
	$(GO) test -race -shuffle=on -timeout 20m ./...

.PHONY: check
check: ## gofmt, vet, staticcheck, the house rules, generated files, tidy modules
	@test -z "$$(gofmt -l cmd connectors triage notify web configs internal)" || { echo "not gofmt-ed:"; gofmt -l cmd connectors triage notify web configs internal; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test -count=1 ./internal/archtest
	@$(GO) run ./cmd/earshot connectors --format markdown | diff -u internal/docs/networks.md - || { echo "internal/docs/networks.md is out of date: make networks"; exit 1; }
	$(GO) mod tidy -diff
	$(GO) mod verify >/dev/null

.PHONY: networks
networks: ## Write internal/docs/networks.md from what the connectors say of themselves
	$(GO) run ./cmd/earshot connectors --format markdown > .networks.md && mv .networks.md internal/docs/networks.md

.PHONY: bench
bench: ## Measure, side by side in one run; EARSHOT_BENCH_MENTIONS sets the size of the large desk (1000000)
	$(GO) run ./cmd/earshot bench all
	@echo; echo "Mentions made of the networks' answers per second, one core, for each kind:"
	@$(GO) test -run '^$$' -bench '^Benchmark(Decode|Push)$$' -cpu 1 ./connectors/... | awk '/^pkg:/ {n = split($$2, p, "/")} /^Benchmark/ {for (i = 1; i < NF; i++) if ($$(i+1) == "mentions/s") printf "  %-15s %9d mentions/s\n", p[n], $$i}'
	@echo; $(call compare,speed -data $(DATA))

.PHONY: train
train: build ## Train the shipped models anew from the labelled texts, with their card; takes a quarter of an hour
	$(BIN) train --data $(DATA) --out .build/trained --twin .build/twin --cost-of-free --reference internal/compare/specialists.tsv
	cp .build/trained/earshot.model triage/model/ && cp .build/trained/languages.bin triage/langid/ && cp .build/trained/MODEL_CARD.md internal/docs/
	@$(trained) > .build/twin/stamp

# What the models depend on. The twin, which shows what they are worth on rows that training has not seen, is kept for as long as that stays.
trained = (cat $$(ls triage/train/*.go triage/model/*.go triage/langid/*.go internal/text/*.go | grep -v _test.go) triage/train/recipe.yaml; cd $(DATA) && wc -c *.txt *.gz) | sha256sum

.PHONY: twin
twin: build
	@if [ -f $(DATA)/TRAIN.txt ] && [ "$$( $(trained) )" != "$$(cat .build/twin/stamp 2>/dev/null)" ]; then \
	$(BIN) train --data $(DATA) --without-dev --out .build/twin --reference internal/compare/specialists.tsv && $(trained) > .build/twin/stamp; fi

.PHONY: bench-quality
bench-quality: twin ## Judge triage by labelled texts and by others' means; writes internal/docs/quality.md and the README's table
	@if [ ! -f $(DATA)/TRAIN.txt ]; then echo "no labelled texts in $(DATA): set EARSHOT_SHARED to the folder that holds data/"; exit 0; fi; \
	: > .build/languages.md; echo "languages, beside lingua-go"; $(call compare,language -data $(DATA) -twin $(CURDIR)/.build/twin) > .build/languages.out; \
	grep '^|' .build/languages.out > .build/languages.md || cat .build/languages.out; \
	$(BIN) bench quality --data $(DATA) --twin .build/twin --reference internal/compare/specialists.tsv $$([ -s .build/languages.md ] && echo --languages .build/languages.md) --readme README.md

# What triage is compared with stands in a module of its own; without a way to fetch it there is a line instead of figures.
compare = (cd internal/compare && if $(GO) list -deps . >/dev/null 2>&1; then $(GO) run . $(1); else echo "govader, prose and lingua-go cannot be fetched: nothing to compare with"; fi)

.PHONY: arm64
arm64: ## Judge on an emulated arm64 as here, to the last bit
	GO=$(GO) bash .ci/arm64

.PHONY: torture
torture: ## Kill the desk at 200 random moments between poll and published reply, on both engines
	EARSHOT_TORTURE=200 $(GO) test -count=1 -timeout 60m -run Torture -v ./internal/app

.PHONY: fuzz
fuzz: ## Fuzz every decoder for a minute each
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p 2>/dev/null | grep '^Fuzz'); do \
	  echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime 60s -fuzzminimizetime 1x $$p || exit 1; done; done

.PHONY: image
image: ## Run the steps of the Dockerfile on this machine, without Docker
	bash .ci/image

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build web/node_modules
	find web/vendor -mindepth 1 ! -name README.md -delete
