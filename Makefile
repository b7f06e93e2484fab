# `make book` builds the book, `make test` checks everything it claims; both set up .venv by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PAGE := _build/html/index.html
SOURCES := _config.yml _toc.yml $(shell find book chapters lasso_jit -type f -not -path '*/__pycache__/*' -not -path '*/.ipynb_checkpoints/*')

# Numba does not see that a cached kernel's callee in another file has changed, so the cache is named by the sources.
export NUMBA_CACHE_DIR := $(CURDIR)/.cache/numba/$(shell cat lasso_jit/*.py | cksum | cut -d' ' -f1)

BENCH := .cache/bench

.PHONY: help book pdf test lab serve notebooks kernels bench lint format lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/'

book: $(PAGE)  ## build the website, warnings are errors
	@echo "The book is at file://$(CURDIR)/$(PAGE)"

pdf: book  ## the whole book in one PDF, which takes Chromium a minute or two
	$(BIN)/python book/pdf.py

# Side by side, each with one thread; then alone what has to be quick.
test: lint book  ## everything: lint, build, unit tests, notebooks, ledger, site
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --ignore=tests/site/test_speed.py
	$(BIN)/python -m pytest tests/site/test_speed.py

lab: $(READY)  ## JupyterLab on the chapters
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/chapters

serve: book  ## the built website at http://localhost:8000
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

notebooks: $(READY)  ## run and normalise all notebooks, or some: make notebooks NB=chapters/09_ista.ipynb
	$(BIN)/python book/notebooks.py $(NB)

kernels: $(READY)  ## compile the kernels that pages call, after a change in book/kernels or a solver that they use
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --upgrade --target .cache/zig ziglang==0.17.1
	$(BIN)/python book/kernels/wasm_build.py

bench: $(BENCH)/ready  ## race lasso_jit against other solvers, 40 minutes; a first look: make bench RACE=--quick
	$(BENCH)/bin/python tests/benchmarks/run.py $(RACE)
	$(BENCH)/bin/python tests/benchmarks/limits.py
	$(BENCH)/bin/python tests/benchmarks/report.py --details

lint: $(READY)  ## ruff, lint and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY)  ## compile requirements.txt from requirements.in
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-emit-index-url \
	    --custom-compile-command "make lock" --output-file requirements.txt requirements.in
	head -2 requirements-bench.txt > requirements-bench.new
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url \
	    --override requirements.txt requirements.in requirements-bench.in | grep -vxFf requirements.txt \
	    >> requirements-bench.new
	mv requirements-bench.new requirements-bench.txt

clean:  ## remove the environment, the build and the caches
	rm -rf $(VENV) .cache _build .pytest_cache .ruff_cache .hypothesis *.egg-info

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info[:2] <= (3, 13) or sys.exit("Python 3.11 to 3.13 is needed; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(BENCH)/ready: requirements.txt requirements-bench.txt pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-bench.txt --editable .
	touch $@

$(PAGE): $(READY) $(SOURCES)
	$(BIN)/jupyter-book build . --all --warningiserror --nitpick --keep-going
	touch $@
