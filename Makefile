# The project's commands. Each creates the environment that it needs from the lock file.
.DEFAULT_GOAL := help
.PHONY: help lab class quick test course book bench lint
BIN := .venv/bin
EVERYTHING := grading postgres cluster hub book dev

help:           ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab:            ## set up, then open the course in JupyterLab (PORT=8889 for another port)
	@.ci/setup
	@$(BIN)/python -m transferlab.lab $(if $(PORT),--port $(PORT))

class:          ## a demo class: release, submit, grade and show synthetic students
	@.ci/setup grading
	@$(BIN)/autograder class

quick:          ## set up, then check format, lint and types and run the fast tests, in under a minute
	@.ci/setup $(EVERYTHING)
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --durations=0 --durations-min=1 tests/fast

test:           ## set up, then run every test (needs Chromium and PostgreSQL; as root it installs them)
	@.ci/setup $(EVERYTHING)
	@.ci/browser
	@.ci/postgres
	@.ci/hub
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n auto --maxprocesses 4

course:         ## derive course/ and the grading workspace from solutions/
	@.ci/setup grading
	@$(BIN)/autograder release

book:           ## build the website into _build/site
	@.ci/setup grading book
	@$(BIN)/python book/build.py

bench:          ## measure lessons, grader and site, and write the tables (LESSON=03 for one lesson, no tables)
	@.ci/setup $(EVERYTHING)
	@.ci/browser
	@.ci/postgres
	@$(BIN)/python -m tests.bench.lessons $(if $(LESSON),--lesson $(LESSON))
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.grading)
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.site)
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.lms_import)
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.classroom)
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.postgres)
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.cluster)
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.scale)
	@$(if $(LESSON),,$(BIN)/python -m tests.bench.suite)

lint:           ## format check, lint and types
	@.ci/setup $(EVERYTHING)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
