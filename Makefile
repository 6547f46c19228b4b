# Thin: every target calls a script that can be called by itself. `make help` lists them.
.PHONY: help demo test check format generate bench sanitize fuzz crash scripts odd neighbours drill simulate install uninstall setup clean campaign agents workspace recorder streams traces wheel sdist deb swift pythons

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup:
	@tools/setup --python

demo:  ## the main job: an agent is killed in the middle and goes on, in Python, shell and Swift
	@tools/setup
	swift build --product sidestepd
	swift build --product sidestep
	swift build --product sidestep-example-files
	PATH="$(CURDIR)/.build/debug:$$PATH" examples/demo

test: setup  ## all tests
	tools/test

check: setup  ## formatter, linters, generated files
	tools/check

format: setup  ## format and generate
	tools/check --fix

generate: setup  ## reference pages, OpenRPC, sidestep.sh, the synchronous Python client
	swift run sidestep-generate
	python3 clients/python/tools/generate_sync.py
	tools/generate-cli
	tools/generate-shell
	tools/generate-guarantees

bench: setup  ## the figures, release build, about five minutes
	benchmarks/run
	benchmarks/instructions

sanitize: setup  ## thread and address sanitizer over tests and daemon
	Tests/Campaigns/Sanitizers/run thread
	Tests/Campaigns/Sanitizers/run address

fuzz: setup  ## the reader of client bytes, ten minutes
	Tests/Campaigns/Fuzz/run 600

crash: setup  ## the kill campaigns, ten times as long as in CI
	swift build
	SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" Tests/Campaigns/Crash/run --kills 5000

scripts: setup  ## five scripts, killed 500 times in every way a script dies
	swift build
	PATH="$(CURDIR)/.build/debug:$$PATH" SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" Tests/Campaigns/Scripts/run --kills 500

workspace: setup  ## a program whose tools append, move and delete, killed at 100 points: its folder is that of an undisturbed run
	swift build
	PATH="$(CURDIR)/.build/debug:$$PATH" SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" Tests/Campaigns/Workspace/run --points 100

traces: setup  ## 10,000 spans told of over 20 kills of the daemon
	swift build
	SIDESTEP_TRACE_SPANS=10000 SIDESTEP_TRACE_KILLS=20 .venv/bin/python Tests/BlackBox/Traces/run test_traces.Kills

recorder: setup  ## unmodified agents and the daemon, killed 1,000 times each in the middle of streams
	swift build
	Tests/Campaigns/Recorder/run --agents 1000 --daemons 1000

streams: setup  ## 10,000 streams in which something goes wrong: booked as reported, within budgets
	swift build
	Tests/Campaigns/Streams/run --streams 10000

campaign: setup  ## the kill campaigns of the Python client, in full: an agent at every point, 2000 random programs
	swift build
	SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" .venv/bin/python clients/python/tests/campaign.py
	SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" .venv/bin/python clients/python/tests/identity_campaign.py --programs 2000

agents: setup  ## the three agents of examples/python/agents, killed 100 times each
	swift build
	SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" .venv/bin/python Tests/Campaigns/Agents/run --kills 100

pythons: setup  ## the Python client's tests that need no framework, with every interpreter from 3.10 on that is found
	swift build
	tools/pythons

swift: setup  ## random Swift programs, killed 1000 times
	swift build
	SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" Tests/Campaigns/Swift/run --kills 1000

odd: setup  ## daemon and command line tool in odd environments, many lives in each
	swift build
	SIDESTEPD="$(CURDIR)/.build/debug/sidestepd" Tests/BlackBox/Odd/run --full

neighbours: setup  ## a good client beside a hostile one, and beside one at every limit, ten minutes, release build; as root
	swift build -c release --product sidestepd
	SIDESTEPD="$(CURDIR)/.build/release/sidestepd" benchmarks/neighbours.py
	SIDESTEPD="$(CURDIR)/.build/release/sidestepd" benchmarks/pauses.py

drill: setup  ## the operator's drill on a real systemd, 25 rounds of it; needs root
	swift build
	SIDESTEP_DRILL_ROUNDS=25 Tests/BlackBox/Systemd/run test_drill

simulate: setup  ## a million operations against the oracle
	SIDESTEP_SIMULATION_OPERATIONS=1000000 swift test --disable-xctest --filter SimulationTests

wheel: setup  ## a Python wheel that carries the daemon and the command line tool, tested in an environment of its own
	for product in sidestepd sidestep; do \
	    swift build -c release --static-swift-stdlib --scratch-path .build-wheel --product $$product || exit 1; \
	done
	.venv/bin/python clients/python/tools/make_wheel.py .build-wheel/release
	SIDESTEP_WHEEL_BIN="$(CURDIR)/.build-wheel/release" .venv/bin/python -m pytest -q clients/python/tests/test_wheel.py

sdist: setup  ## the source distribution of the Python client
	.venv/bin/python clients/python/tools/make_sdist.py

deb:  ## the Debian packages sidestep and python3-sidestep, in .build-deb
	@tools/setup --deb
	tools/deb

PREFIX ?= /usr/local
DESTDIR ?=

install:  ## programs, manual, completions, units, sysusers and tmpfiles below DESTDIR/PREFIX
	tools/install "$(DESTDIR)" "$(PREFIX)"

uninstall:  ## takes away what install placed; database, settings and user stay
	tools/install --remove "$(DESTDIR)" "$(PREFIX)"

clean:
	swift package clean
