# Two targets for a newcomer: `make video` and `make test`. Both install what is missing.
PROMPT ?= a red apple bouncing on a yellow background
OUTPUT ?= output.mp4
PACKAGES = libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libopenblas-dev libdnnl-dev libfreetype-dev zlib1g-dev \
  libsentencepiece-dev libsnappy-dev libzstd-dev
SWIFT_FLAGS ?= -c release
PREFIX ?= /usr/local
DESTDIR ?=
ROOT = $(DESTDIR)$(PREFIX)
PROGRAM = .build/release/negspace

.PHONY: video test build install uninstall docs dependencies tokenizer format lint

video: build
	.build/release/negspace video "$(PROMPT)" -o $(OUTPUT)

build: dependencies
	swift build $(SWIFT_FLAGS) --product negspace

# The program with its models, completions and manual page; PREFIX and DESTDIR as usual. What is built is not built again.
install:
	@test -x $(PROGRAM) || $(MAKE) build
	install -d $(ROOT)/bin $(ROOT)/share/negspace $(ROOT)/share/man/man1 $(ROOT)/share/bash-completion/completions \
	  $(ROOT)/share/zsh/site-functions $(ROOT)/share/fish/vendor_completions.d
	install -m 755 $(PROGRAM) $(ROOT)/bin/negspace
	rm -rf $(ROOT)/share/negspace/Models
	cp -R Models $(ROOT)/share/negspace/Models
	$(PROGRAM) manual > $(ROOT)/share/man/man1/negspace.1
	$(PROGRAM) --generate-completion-script bash > $(ROOT)/share/bash-completion/completions/negspace
	$(PROGRAM) --generate-completion-script zsh > $(ROOT)/share/zsh/site-functions/_negspace
	$(PROGRAM) --generate-completion-script fish > $(ROOT)/share/fish/vendor_completions.d/negspace.fish

uninstall:
	rm -rf $(ROOT)/share/negspace
	rm -f $(ROOT)/bin/negspace $(ROOT)/share/man/man1/negspace.1 $(ROOT)/share/bash-completion/completions/negspace \
	  $(ROOT)/share/zsh/site-functions/_negspace $(ROOT)/share/fish/vendor_completions.d/negspace.fish

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
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; log=$$(mktemp); \
	  echo "Installing$$missing"; \
	  { $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; } \
	    >$$log 2>&1 || { cat $$log >&2; rm -f $$log; exit 1; }; \
	  rm -f $$log; \
	fi

format:
	swift format --in-place --recursive Sources Tests Samples Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Samples Package.swift
