# docker-lab: `make` alone prints this help.

# Where the learner's files go, and further words for docker-lab.
LAB_DIR ?= $(HOME)/docker-lab
LAB_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help cargo build engine images lab test
# One step after the other, also with -j: `images` uses what `build` makes, on what `engine` starts.
.NOTPARALLEL:

help: ## Prints this help
	@echo "make TARGET [LAB_DIR=$(LAB_DIR)] [LAB_ARGS=...]"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1	\2/p' $(firstword $(MAKEFILE_LIST))

# Says what is missing in a sentence instead of "cargo: not found".
cargo:
	@command -v cargo >/dev/null || { \
		echo "docker-lab : il faut Rust (la commande cargo) pour compiler : installez-le avec rustup ou votre système." >&2; \
		echo "docker-lab: Rust (the command cargo) is needed to build: install it with rustup or your system." >&2; \
		exit 3; }

build: cargo ## Builds target/release/docker-lab
	cargo build --release --locked

engine: ## Makes sure that a Docker daemon answers
	@tests/setup/engine.sh

images: engine ## Makes sure that the images are there (real ones, else stand-ins)
	@tests/setup/images.sh

# On a terminal the learner drives; elsewhere (CI, a pipe) docker-lab plays the exercise by itself.
lab: build engine images ## Plays the volumes exercise in LAB_DIR
	@mkdir -p "$(LAB_DIR)"
	@if [ -t 0 ] && [ -t 1 ]; then word=start; else word=run; fi; \
	exec target/release/docker-lab $$word volumes --dir "$(LAB_DIR)" $(LAB_ARGS)

# The tests run against real containers; stand-ins are made only where no image is there.
test: cargo engine ## Checks the format, lints and runs all tests
	@tests/images/build.sh
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	cargo test --locked
