# Two targets for a newcomer: `make video` and `make test`. Both install what is missing.
PROMPT ?= a red apple bouncing on a yellow background
OUTPUT ?= output.mp4
PACKAGES = libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libopenblas-dev libdnnl-dev libfreetype-dev zlib1g-dev \
  libsentencepiece-dev libsnappy-dev libzstd-dev
SWIFT_FLAGS ?= -c release

.PHONY: video test build docs dependencies tokenizer format lint

video: build
	.build/release/negspace video "$(PROMPT)" -o $(OUTPUT)

build: dependencies
	swift build $(SWIFT_FLAGS) --product negspace

test: dependencies
	swift test $(SWIFT_FLAGS) -Xswiftc -enable-testing --explicit-target-dependency-import-check error --scratch-path .build-test
	swift package --package-path Samples/Library --scratch-path .build-samples show-dependencies >/dev/null

# CLIP's vocabulary, for models that are single files: they hold none.
tokenizer:
	scripts/get_tokenizer.py

docs: dependencies
	scripts/make_docs.sh

dependencies:
	@command -v swift >/dev/null || { echo "Swift 6.1 or newer is needed: https://www.swift.org/install/linux/" >&2; exit 1; }
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  command -v apt-get >/dev/null || { echo "Please install:$$missing (no apt-get here to do it)" >&2; exit 1; }; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing; \
	fi

format:
	swift format --in-place --recursive Sources Tests Samples Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Samples Package.swift
