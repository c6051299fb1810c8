# Two commands on a fresh machine: `make demo` and `make test`.  `make` alone lists all.
# Between two changes: `make quick`.
SHELL := /bin/bash
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v $$p && break; done)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# what was compiled once is not compiled again by every process of tests and every command they start
unexport PYTHONDONTWRITEBYTECODE
PORT ?= 8000

.PHONY: help demo quick test sweeps check questions-lts manual supply sbom audit pictures screens clean

help: ## 列出命令 / list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.venv/made:
	@if [ -z "$(PYTHON)" ]; then echo "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed"; exit 1; fi
	@echo "建立环境 / making the environment: $(PYTHON)"
	@$(PYTHON) -m venv .venv && touch $@

.venv/runtime: requirements.txt pyproject.toml | .venv/made
	@echo "安装依赖 / installing the requirements"
	@$(BIN)/pip install --no-compile --progress-bar on --require-hashes --no-deps -q -r requirements.txt
	@$(BIN)/pip install -q --no-build-isolation --no-deps -e .
	@touch $@

.venv/development: requirements-dev.txt | .venv/runtime
	@echo "安装测试工具 / installing the test tools"
	@$(BIN)/pip install --no-compile --progress-bar on --require-hashes --no-deps -q -r requirements-dev.txt
	@$(BIN)/pip check -q
	@touch $@

demo: .venv/runtime ## 样本区演示 / the sample district, served
	@XINNONG_DATA=$${XINNONG_DATA:-.demo} $(BIN)/xinnong demo --port $(PORT)

test: .venv/development ## 测试（真实 Neo4j）/ the tests that decide, on a real Neo4j, several side by side
	@$(BIN)/xinnong engine prepare
	@$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile --no-loadscope-reorder --durations=10

sweeps: .venv/development ## 测试加全面扫描，数小时 / they and all sweeps: every role, page, kill; some hours
	@$(BIN)/python -m pytest -q --sweeps --numprocesses auto --dist loadfile --no-loadscope-reorder --durations=10
	@XINNONG_ENGINE_VERSION=5.26.30 $(BIN)/python -m pytest -q --sweeps tests/queries/test_questions.py tests/queries/test_finbench.py
	@$(BIN)/python -m bench.api.attack --seed 1
	@$(BIN)/python -m bench.api.attack --each-role --requests 200 --seed 1

quick: .venv/development ## 不用引擎的测试，几分钟 / the tests that need no engine, in minutes
	@$(BIN)/python -m pytest -q --quick --numprocesses auto --dist loadfile --no-loadscope-reorder --durations=10

check: .venv/development ## 规范、类型、依赖方向 / lint, format, types, contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# what a plan scans is asked of the default engine, and of this one in a sweep
questions-lts: .venv/development ## 问题测试（LTS 引擎）/ the question tests on the LTS engine
	@XINNONG_ENGINE_VERSION=5.26.30 $(BIN)/python -m pytest -q -k 'not plans_scan_nothing_whole' --durations=10 \
		tests/queries/test_questions.py tests/queries/eligibility/test_gather.py \
		tests/graph/test_projection.py::test_every_fact_is_there_once \
		tests/graph/test_projection.py::test_an_import_makes_the_same_graph

manual: .venv/runtime ## 重新生成手册 / write the generated pages again
	@$(BIN)/python -m api.manual docs/manual
	@$(BIN)/xinnong dictionary docs/manual

supply: .venv/development ## 记录锁定文件与许可 / record what the pinned files are, and licences
	@$(BIN)/python tests/supply/pins.py

sbom: .venv/development ## 软件物料清单 / the bill of materials, CycloneDX (WHEEL=a file that is released)
	@mkdir -p dist
	@$(BIN)/python tests/supply/bom.py dist/xinnong.cdx.json $(if $(WHEEL),--wheel $(WHEEL))

audit: .venv/development ## 已知漏洞 / what is pinned and known to be weak, by the record that is kept
	@$(BIN)/python tests/supply/audit.py

pictures: .venv/development ## 重新截取说明中的图片 / take the pictures of the READMEs anew, of the demonstration
	@PYTHONPATH=tests/worlds XINNONG_DATA=$${XINNONG_DATA:-.demo} $(BIN)/python tests/supply/pictures.py

screens: .venv/development ## 截取每个页面供查看 / a picture of every page at two widths, of the demonstration, to look at
	@PYTHONPATH=tests/worlds XINNONG_DATA=$${XINNONG_DATA:-.demo} $(BIN)/python tests/supply/screens.py

clean: ## 停止引擎并清除环境 / stop the engine, remove what was made
	@[ ! -x $(BIN)/xinnong ] || XINNONG_DATA=$${XINNONG_DATA:-.demo} $(BIN)/xinnong engine stop
	@rm -rf .venv .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
