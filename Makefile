# Thin: `edukit` and pytest do the work, so that Windows users have the same by two commands (README).

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV = .venv/bin/python
BROWSER = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable)
PICK = $(if $(BROWSER),$(1),$(if $(1),$(1) and not browser,not browser))
PORT_WORDS = $(if $(PORT),--port $(PORT))

.PHONY: setup run lab test test-all lint bench test-setup test-browser
.NOTPARALLEL:

setup: ## .venv with everything that the lessons need
	@test -n "$(PYTHON)" || { echo "edukit needs Python 3.11 or newer / edukit 需要 Python 3.11 或更新版本"; exit 2; }
	@$(PYTHON) -m edukit.install

run: setup ## the lessons as apps, on PORT or the next free one
	@$(VENV) -m edukit serve $(PORT_WORDS)

lab: setup ## the same lessons in JupyterLab
	@$(VENV) -m edukit lab $(PORT_WORDS)

test: test-setup test-browser ## what takes minutes
	$(VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "$(call PICK,not slow)" $(ARGS)

test-all: test-setup test-browser ## everything
	$(VENV) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(if $(BROWSER),,-m "$(call PICK,)") $(ARGS)

lint: test-setup ## style, types, floors, generated lessons
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	$(VENV) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(VENV) lessons/build.py --check

bench: test-setup ## measured comparisons with other tools
	@for file in benchmarks/*.py; do echo "$$file"; $(VENV) "$$file" || exit 1; done

test-setup:
	@test -n "$(PYTHON)" || { echo "edukit needs Python 3.11 or newer / edukit 需要 Python 3.11 或更新版本"; exit 2; }
	@$(PYTHON) -m edukit.install --extras train,lab,openvino,ncnn,test

test-browser:
	@test -n "$(BROWSER)" || { \
	echo "No Chromium here: the tests that drive a real browser are left out. Debian, Ubuntu: sudo apt install chromium fonts-noto-cjk"; \
	echo "没有找到 Chromium：跳过需要真实浏览器的测试。Debian、Ubuntu：sudo apt install chromium fonts-noto-cjk"; }
