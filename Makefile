# The front door; `make help` says what there is.
PREFIX ?= /usr/local
RELEASE = build/release
ASAN = build/asan
LINT = build/lint
PROGRAM = build/forescale

SOURCES = $(shell git ls-files -- '*.c' '*.h')
SHELL_SCRIPTS = tools/bootstrap .ci/run
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full
AGAIN = $(MAKE) --no-print-directory

.PHONY: help build everything demo check quick asan asan-e2e valgrind layers mpi bench coverage intervals arena lint \
        format docs install clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

$(RELEASE)/build.ninja:
	@cmake --preset release

$(ASAN)/build.ninja:
	@cmake --preset asan

$(LINT)/build.ninja:
	@cmake --preset lint

build: $(RELEASE)/build.ninja ## the program at build/forescale
	@cmake --build $(RELEASE) --target forescale
	@ln -sfn release/forescale $(PROGRAM)

everything: build
	@cmake --build $(RELEASE)

demo: ## the main job on bundled data; writes report.html
	@tools/bootstrap build
	@$(AGAIN) build
	@$(PROGRAM) demo

check: ## all that must hold, on a fresh clone too
	@tools/bootstrap build check mpi
	@$(AGAIN) layers mpi everything
	tests/run $(RELEASE)
	@$(AGAIN) asan valgrind

mpi: ## the program that spreads over the ranks of mpirun, at build/forescale-mpi
	@tools/bootstrap build mpi
	@cmake --preset release -DFORESCALE_MPI=ON
	@cmake --build $(RELEASE) --target forescale-mpi
	@ln -sfn release/forescale-mpi $(PROGRAM)-mpi

quick: everything ## unit tests and end-to-end tests, but the slow cases
	@tests/run --quick $(RELEASE)

asan: $(ASAN)/build.ninja ## unit tests under address and undefined-behaviour sanitizers (clang)
	@cmake --build $(ASAN)
	tests/run --quick --only unit $(ASAN)

asan-e2e: $(ASAN)/build.ninja ## quick end-to-end tests of a program with the sanitizers; minutes
	@cmake --build $(ASAN) --target forescale
	FORESCALE=$(CURDIR)/$(ASAN)/forescale tests/run --quick --only e2e --timeout 900 $(RELEASE)

valgrind: everything ## unit tests under valgrind, but those in tests/valgrind-skip
	tests/run --quick --only unit --skip tests/valgrind-skip --wrap '$(VALGRIND)' $(RELEASE)

layers: ## the include order of the rooms
	@tools/check-layers

bench: ## speed and accuracy against the Python references
	@tools/bootstrap build bench
	@cmake --preset release -DFORESCALE_BENCH=ON
	@$(AGAIN) everything
	@set -e; for run in bench/*/run; do echo "== $$run"; $$run; done

arena: build ## every forecasting method on public tables: docs/arena.md, build/arena/arena.html
	@mkdir -p build/arena
	$(PROGRAM) backtest --study arena --threads 2 --quiet -o build/arena/arena.json \
	    --html build/arena/arena.html
	tools/arena-page build/arena/arena.json docs/arena.in.md > build/arena/arena.md
	mv build/arena/arena.md docs/arena.md
	tools/arena-page build/arena/arena.json > build/arena/by_distance.csv
	mv build/arena/by_distance.csv data/arena/by_distance.csv

intervals: build ## what intervals of forecasts held, into docs/intervals-observe.md
	@tools/interval-table

coverage: build ## how often intervals hold the truth, into docs/coverage.md; minutes
	@tools/coverage

lint: ## formatting, then static analysis of what changed since it found nothing
	@tools/bootstrap build lint mpi
	clang-format-14 --dry-run -Werror $(SOURCES)
	shellcheck $(SHELL_SCRIPTS)
	@$(AGAIN) $(LINT)/build.ninja
	@cmake --build $(LINT) -- -k 0
	@mkdir -p $(LINT)/cppcheck
	cppcheck --quiet --error-exitcode=1 --enable=warning --inline-suppr --std=c11 -j 2 \
	    --cppcheck-build-dir=$(LINT)/cppcheck --suppress=missingInclude -D_GNU_SOURCE -Iinclude \
	    -Isrc src

format: ## rewrites the sources in the house layout
	clang-format-14 -i $(SOURCES)

docs: ## the command reference, the manual page and a page for each law, in build/docs
	@tools/bootstrap build docs
	@$(AGAIN) build
	@mkdir -p build/docs
	$(PROGRAM) help --markdown > build/docs/commands.md
	$(PROGRAM) help --man > build/docs/forescale.1
	mandoc -T lint -W error build/docs/forescale.1
	@mkdir -p build/docs/laws
	$(PROGRAM) laws -q --html build/docs/laws/index.html
	@for law in laws/*.yaml; do id=$$(basename $$law .yaml); \
	  $(PROGRAM) laws show $$id -q --html build/docs/laws/$$id.html || exit 1; done
	sed -i -E 's|<td class="whole">([a-z0-9-]+)</td>|<td class="whole"><a href="\1.html">\1</a></td>|' \
	    build/docs/laws/index.html

install: build ## program, library, header under PREFIX (default /usr/local); honours DESTDIR
	cmake --install $(RELEASE) --prefix $(PREFIX)

clean: ## removes build/
	rm -rf build
