# In front of meson and the scripts; each target says what it runs. ./run and ./test need no make.
.POSIX:
.PHONY: all bench bench-national eval lint tsan fuzz nodes soak clean

# The release build: build/dancu.
all:
	tools/prepare run
	tools/build build gcc

# Every registered benchmark, one after the other; a peer that some are measured by is a test-time package.
bench: all
	tools/prepare test
	meson test -C build --no-rebuild --benchmark --verbose

# Two million records against the index of a hundred million (synthetic): 50 GB of disk, some 12 minutes of CPU; says so first.
bench-national: all
	BENCH_INDEX_PEOPLE=100000000 python3 bench/index.py build/dancu var/bench

# Cases with answers known from elsewhere, which are not part of the project: EVAL_DATA names their folder, DOMAIN_DATA that
# of published facts; tests that need the latter say so when it is absent.
EVAL_DATA = ../shared/eval
DOMAIN_DATA = ../shared/domain
eval: all
	@test -d "$(EVAL_DATA)" || { echo "eval: no folder $(EVAL_DATA); set EVAL_DATA" >&2; exit 1; }
	EVAL_DATA="$$(cd "$(EVAL_DATA)" && pwd)" DOMAIN_DATA="$$(cd "$(DOMAIN_DATA)" 2>/dev/null && pwd)" meson test -C build --no-rebuild --suite eval --verbose

# Layers, sizes, banned functions, missing tests.
lint:
	python3 tools/tidy.py

# Life events over two nodes, a line that spoils a third of the messages, and kill -9 on either side.
BUNDLES = 10000
nodes: all
	python3 tests/life/two_nodes.py build/dancu --bundles $(BUNDLES) --kills 20 --workers 8 --seconds 3000

# The unit tests with the thread sanitizer: some twenty minutes, so not part of ./test.
tsan: all
	tools/prepare test
	tools/build build-tsan clang threads
	TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions="$$PWD/tests/tsan.supp" tests/pg-run meson test -C build-tsan --no-rebuild --print-errorlogs \
		--timeout-multiplier 10 --num-processes 1 --suite unit

# The random commands of the property test of dossiers, COMMANDS on SQLite and as many on PostgreSQL.
COMMANDS = 1000000
soak: all
	tools/prepare test
	ninja -C build src/service/service_dossier_test
	DANCU_TEST_COMMANDS=$(COMMANDS) tests/pg-run build/src/service/service_dossier_test

# Each libFuzzer target for FUZZ_SECONDS (60).
fuzz:
	tools/prepare test
	tools/build build-fuzz clang fuzzers
	fuzz/run

clean:
	rm -rf build build-asan build-tsan build-fuzz var/log var/synth var/list.csv var/fuzz
