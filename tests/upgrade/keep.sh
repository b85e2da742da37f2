#!/usr/bin/env bash
# Keeps a small company as this release writes it: tests/upgrade/<release>/company.dump, journal.jsonl and rows.json.
# A fresh demo, a dozen simulated candidates of whom some leave and some return, and then a copy of all of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. script/environment.sh
make_environment requirements.txt
release=$("$python" -c 'from core.version import VERSION; print(VERSION)')
folder=tests/upgrade/$release
port=${1:-8471}
# In a place that the database's own user can reach, whoever calls this.
HRSUITE_HOME=$(mktemp -d)
export HRSUITE_HOME
chmod 0711 "$HRSUITE_HOME"
unset DATABASE_URL
mkdir -p "$folder"
rm -f "$folder"/*

"$python" -m core.process.serve --port "$port" --home "$HRSUITE_HOME" --demo &
server=$!
trap 'kill $server 2>/dev/null && wait $server; rm -rf "$HRSUITE_HOME"' EXIT
until curl --silent --fail "http://127.0.0.1:$port/healthz" >/dev/null; do sleep 1; done
"$python" manage.py simulate --candidates 12 --exit-rate 0.5 --seed 11 --base-url "http://127.0.0.1:$port" \
    --journal "$folder/journal.jsonl"
"$python" -m tests.upgrade.copy write "$folder"
