# Every target first brings what it needs: a virtual environment, the locked libraries, the browser assets.
# After `make bootstrap` everything works without a network.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUNTIME := $(VENV)/.runtime
DEV     := $(VENV)/.dev
NODE_MODULES := node_modules/.stamp
ASSETS := app/web/static/dist/manifest.json
# Where tests run side by side: one more than two cores, since browsers and processes are often waited for.
WORKERS ?= 3
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help bootstrap install run test lint check bench soak backup restore assets migration format lock clean

help: ## Daftar perintah ini
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap: $(DEV) $(ASSETS) ## Siapkan semuanya: lingkungan Python, pustaka, aset peramban
	@echo "Siap. Berikutnya: make run"

install: $(RUNTIME) $(ASSETS) ## Untuk server: hanya yang dipakai saat berjalan, tanpa pustaka uji
	@echo "Terpasang. Berikutnya: docs/operator.md"

run: $(RUNTIME) $(ASSETS) ## Jalankan situs (PORT, ALUR_DATA, DATABASE_URL, REDIS_URL); Ctrl-C menghentikan semua
	@exec $(BIN)/python -m app.jobs.serve

test: $(DEV) $(ASSETS) ## Semua uji, termasuk di peramban (PYTEST_ARGS menambah pilihan)
	@$(BIN)/python tools/browser.py
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

lint: $(DEV) ## Gaya, tipe, dan arah impor
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: $(RUNTIME) $(ASSETS) ## Periksa prosedur di bpmn/, ikmt/, forms/
	ALUR_MODE=demo $(BIN)/flask --app wsgi procedure check .

bench: $(DEV) $(ASSETS) ## Ukur kecepatan dan pertumbuhan; satu objek JSON per baris (ONLY=inbox hanya yang itu)
	@ONLY="$(ONLY)" $(BIN)/python -m tools.bench

soak: $(DEV) $(ASSETS) ## Bunuh proses dan basis data sambil orang bekerja (MINUTES, SEED, KIND); satu objek JSON per basis data
	@$(BIN)/python -m tests.runtuh.run

backup: $(RUNTIME) ## Cadangkan basis data dan berkas ke satu folder (TO=folder)
	@$(BIN)/flask --app wsgi backup create $(or $(TO),cadangan/$(shell date -u +%Y%m%d-%H%M%S))

restore: $(RUNTIME) ## Pulihkan cadangan: make restore FROM=folder (TIMPA=1 mengganti yang ada)
	@$(if $(FROM),,echo "Sebutkan foldernya: make restore FROM=cadangan/..."; exit 1)
	@$(BIN)/flask --app wsgi backup restore $(if $(TIMPA),--timpa) $(FROM)

assets: ## Bangun ulang aset peramban
	@rm -f $(ASSETS)
	@$(MAKE) --no-print-directory $(ASSETS)

migration: $(DEV) ## Tulis revisi tabel baru: make migration m="judul"
	$(BIN)/flask --app wsgi db revision -m "$(m)"
	@$(BIN)/ruff format -q app/migrations

format: $(DEV) ## Rapikan semua berkas Python
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

lock: $(DEV) ## Kunci ulang pustaka dari requirements*.in
	$(BIN)/python tools/lock.py

clean: ## Hapus semua yang bisa dibuat ulang (bukan data di var/)
	rm -rf $(VENV) node_modules app/web/static/dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Alur membutuhkan Python 3.11 atau lebih baru. Contoh: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Modul venv tidak ada. Di Debian/Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Memasang pustaka ..."
	@$(PIP) install -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@echo "Memasang pustaka untuk uji ..."
	@$(PIP) install -r requirements.txt -r requirements-dev.txt
	@touch $@

$(NODE_MODULES): package.json package-lock.json .npmrc | $(BIN)/python
	@echo "Memasang pustaka peramban ..."
	@$(BIN)/python tools/node.py npm ci
	@touch $@

$(ASSETS): $(NODE_MODULES) tools/assets.mjs $(shell find app/web/static/src app/web/templates -type f 2>/dev/null)
	@$(BIN)/python tools/node.py node tools/assets.mjs
