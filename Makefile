# The project's everyday commands; `make help` lists them. The build itself is CMake's, see CMakePresets.json.

# A libtorch of your own (a folder with include/ and lib/), CPU or CUDA, 2.6 or newer; empty = the wheel in .venv.
OCELLUS_TORCH ?=
export OCELLUS_TORCH
JOBS ?= $(shell nproc)

CMAKE_CONFIGURE = cmake -DOCELLUS_TORCH="$(OCELLUS_TORCH)" --log-level=WARNING --preset
SOURCES = git ls-files -z -- '*.c' '*.cpp' '*.h' '*.hpp'

.NOTPARALLEL:
.PHONY: help setup build demo test test-all test-launchers test-browser bench-setup bench format lint clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## install what is missing: Debian packages (as root), libtorch into .venv
	@tools/setup.sh

build: ## build the program: build/ocellus
	$(CMAKE_CONFIGURE) release
	cmake --build --preset release -j $(JOBS) --target ocellus

demo: setup build ## ask the demo model three questions and draw where it looked
	build/ocellus demo

test: setup build ## everything that decides right or wrong
	cmake --build --preset release -j $(JOBS)
	ctest --test-dir build -j2 --output-on-failure

test-all: test test-launchers test-browser ## and under ASan and UBSan what needs no libtorch, a minute of every fuzzer, real launchers, a browser
	$(CMAKE_CONFIGURE) asan-ubsan
	cmake --build --preset asan-ubsan -j $(JOBS)
	ctest --preset asan-ubsan
	$(CMAKE_CONFIGURE) fuzz
	cmake --build --preset fuzz -j $(JOBS)
	ctest --preset fuzz

test-launchers: build ## shards of a data set under a real mpirun, torchrun and Slurm
	@tools/setup.sh --test-all
	tools/mpirun_smoke.sh
	tools/torchrun_smoke.sh
	tools/slurm_smoke.sh

test-browser: build ## a film in a real headless Chromium
	@tools/setup.sh --test-all
	tools/browser_smoke.py

bench-setup: ## make the pinned Python environment that bench measures against: .venv-bench
	bench/run --setup

bench: setup build bench-setup ## measure against the Python way (rows: make bench BENCH=prefill)
	cmake --build --preset release -j $(JOBS) --target prefill_worker
	bench/run $(BENCH)

format: ## clang-format every tracked C and C++ file
	$(SOURCES) | xargs -0 -r clang-format -i

lint: ## check formatting, shell and Python syntax; changes nothing
	$(SOURCES) | xargs -0 -r clang-format --dry-run -Werror
	git ls-files -z -- '*.sh' .ci/run | xargs -0 -r -n1 bash -n
	git ls-files -z -- '*.py' | PYTHONPYCACHEPREFIX=build/pycache xargs -0 -r python3 -m py_compile

clean: ## remove what was built (not .venv)
	rm -rf build build-* demo-output
