#!/usr/bin/env bash
# Holds junit.xml to programs that read it: equal counts, and the message of the verdict in each. Prints the table of
# docs/reports.md. Needs python3, node and the two registries, so it is no part of `cargo test`.
#
#   tests/consumers/run.sh [target/debug/distilgate]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${1:-$root/target/debug/distilgate}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/python"
"$work/python/bin/pip" install -q junitparser==5.0.3 junit2html==31.1.4 lxml
(cd "$work" && npm init -y > npm.log && npm install --silent test-results-parser@0.4.6 xunit-viewer@10.6.1 >> npm.log)

cp -r "$root/fixtures/audit" "$work/audit"
cd "$work/audit"
# Every kind of case: a failure, a skipped one that is waived, passed ones with output; and texts that are no ASCII.
sed -i 's/^\[teacher\]/[[waiver]]\ncheck = "stale-collection"\nuntil = 9000-01-01\nreason = "naïve 日本 ]]> <b>"\n[teacher]/' leaky.toml
failed=0
# The snapshot of the tests has an error, too, and text that tries to break out in every place.
sed -n '/^<?xml/,$p' "$root/src/report/snapshots/distilgate__report__tests__junit_everything.snap" > "$work/hostile.xml"
for config in honest runs-only leaky hostile; do
    if [ "$config" != hostile ]; then
        "$program" check --config "$config.toml" --threads 1 --quiet > "$config.out" || true
        mv distilgate-report/junit.xml "$work/$config.xml"
    fi
    "$work/python/bin/python" "$root/tests/consumers/counts.py" "$root/tests/consumers/junit-10.xsd" "$work/$config.xml" message > "$config.tsv"
    (cd "$work" && node "$root/tests/consumers/counts.mjs" "$work/$config.xml" "$work/audit/message") >> "$config.tsv"
    "$work/python/bin/python" "$root/tests/consumers/table.py" "$config" "$config.tsv" || failed=1
done
exit $failed
