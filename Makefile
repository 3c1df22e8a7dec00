# Every command sets up what it needs first. PYTHON=python3.12 chooses the Python to build on.
PYTHON ?= python3

.PHONY: help run test bench trials lint lock

help:
	@echo "make run      serve the application with an invented county (PORT=8000)"
	@echo "make test     the whole suite, browser tests included (ARGS goes to pytest)"
	@echo "make bench    measure (ONLY=name)"
	@echo "make trials   the long proofs (ONLY=name)"
	@echo "make lint     style, import contract and types"
	@echo "make lock     pin dependencies anew (ARGS=--upgrade for newer versions)"

run test bench trials lint lock:
	@$(PYTHON) tools/setup.py $@
