# Two commands for newcomers: `make run` and `make test`. Each installs what is missing.

.PHONY: run test window bench gallery packages arm64 box image check format ui setup clean

UI_SOURCES := $(shell find ui -type f -not -path '*/node_modules/*' -not -path 'ui/dist/*' -not -path 'ui/dist-cloud/*' 2>/dev/null)

## Starts the demo venue, Trattoria Aurora: relay, hub, standby, virtual printers, screens. Ctrl-C ends all.
run: ui/dist/index.html
	@scripts/setup run
	cargo build --quiet -p maitred-hub -p maitred-relay -p maitred-bridge
	@exec scripts/demo

## Runs every test: Rust, UI, browser.
test: ui/dist/index.html
	@scripts/setup test
	scripts/test

## Tests the host-stand app in a real window; needs GTK and WebKit, and builds them in about ten minutes.
window: ui/dist/index.html
	@scripts/setup window
	scripts/window

## Measures against the floor and peers; reports in target/bench/report.json and ui.json. `quick=1` for one minute of kitchen instead of ten.
bench: ui/dist/index.html
	@scripts/setup bench
	scripts/bench $(if $(quick),--quick)

## Takes a picture of every screen in every size, theme and direction: target/gallery/index.html. `only="kitchen wall rtl dark"` for some.
gallery: ui/dist/index.html
	@scripts/setup test
	cargo build --quiet -p maitred-hub -p maitred-bridge
	scripts/gallery $(only)

## Builds the Debian packages into target/packages. `only="hub relay"` for some.
packages: ui/dist/index.html
	@scripts/setup packages
	scripts/packages $(only)

## Builds the packages for arm64 on another machine, and plays an evening on that hub under qemu.
arm64: ui/dist/index.html
	@scripts/setup packages
	@scripts/setup test
	scripts/arm64 scripts/packages
	scripts/arm64 scripts/evening-under-qemu

## Plays the whole story of a box out of its packages (`make packages` first): installed, set up, a service, a pulled plug, a backup. Wants root.
box: ui/dist/index.html
	@scripts/setup box
	scripts/box

## Makes the root of a box with a memory card (`make packages` first; `arch=arm64` after `make arm64`) and starts it in an emulator. Wants root.
image: arch ?= $(shell dpkg --print-architecture)
image:
	@scripts/setup image
	packaging/image/build target/image-$(arch).tar $(arch) target/packages/maitred-hub_*_$(arch).deb target/packages/maitred-app_*_$(arch).deb
	packaging/tests/image target/image-$(arch).tar $(arch)

## Format, lint, layers: what CI looks at before the tests.
check: ui/node_modules
	scripts/check

## Formats everything.
format: ui/node_modules
	cargo fmt
	cd ui && npm run --silent format

ui: ui/dist/index.html

ui/node_modules: ui/package-lock.json
	@scripts/setup run
	cd ui && npm ci --no-audit --no-fund
	@touch $@

ui/dist/index.html: ui/node_modules $(UI_SOURCES)
	cd ui && npm run --silent build

clean:
	rm -rf target ui/dist ui/dist-cloud ui/node_modules
