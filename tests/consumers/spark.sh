#!/usr/bin/env bash
# Holds docs/examples/spark/scan_pipe.py to the plain scan: on a Spark cluster of two workers the same matches, with the same
# files and lines, and the same exit codes. Needs python3, Java 17 or 21, about 1 GB on disk and the registry, so it is no part of
# `cargo test`.
#
#   tests/consumers/spark.sh [target/debug/distilgate [DATA COLLECTION...]]
#
# DATA is a folder of JSON lines; without it one is made from the fixtures.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "${1:-$root/target/debug/distilgate}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
java -version 2>&1 | head -n 1
python3 -m venv "$work/python"
"$work/python/bin/pip" install -q pyspark==4.3.0
export PYSPARK_PYTHON="$work/python/bin/python"
export SPARK_LOCAL_DIRS="$work/spark" SPARK_WORKER_DIR="$work/workers"

# Its exit code as `code`, what it says in said.log: spark-submit puts stderr of the script there, too.
spark() {
    code=0
    (cd "$work" && "$work/python/bin/spark-submit" --master 'local-cluster[2,1,1024]' --conf spark.ui.enabled=false \
        "$root/docs/examples/spark/scan_pipe.py" "$@" --distilgate "$pipe" --megabytes 4 > said.log 2> spark.log) || code=$?
}
expect() {
    if [ "$code" != "$1" ]; then
        grep -v ' INFO ' "$work/spark.log" | tail -n 40
        tail -n 40 "$work/said.log"
        echo "the exit code is $code, not $1: $2"
        exit 1
    fi
    echo "exit $1: $2"
}

pipe=$program
if [ $# -gt 1 ]; then
    data=$(realpath "$2")
    mapfile -t against < <(realpath "${@:3}")
else
    data="$work/data"
    against=("$root/fixtures/demo/collections/bicycle" "$root/fixtures/demo/collections/ferry")
    python3 "$root/tests/consumers/spark.py" make "$root/fixtures/demo/collections" "$data"
fi
plain=0
"$program" scan "$data" --against "${against[@]}" --out "$work/plain.jsonl" || plain=$?
spark "$data" "$work/found" --against "${against[@]}"
cat "$work/said.log"
expect "$plain" "that of the plain scan"
python3 "$root/tests/consumers/spark.py" same "$work/plain.jsonl" "$work/found"

# No partition has five short queries, all together do.
python3 "$root/tests/consumers/spark.py" short "$root/fixtures/demo/collections/bicycle" "$work/short"
code=0
"$program" scan "$work/short" --against "$root/fixtures/demo/collections/bicycle" > /dev/null || code=$?
expect 1 "short queries, each in a file of its own, to the plain scan"
spark "$work/short" "$work/found-short" --against "$root/fixtures/demo/collections/bicycle"
expect 1 "the same on Spark"

# Nothing there; something that cannot be read; no collection; a process that dies.
mkdir "$work/empty" "$work/zeros"
: > "$work/empty/a.jsonl"
printf '{"text":"nothing of interest"}\n' > "$work/empty/b.jsonl"
spark "$work/empty" "$work/found-empty" --against "${against[@]}"
expect 0 "an empty file, and one without matches"
printf '{"text":"a\0b"}\n' > "$work/zeros/a.jsonl"
spark "$work/zeros" "$work/found-zeros" --against "${against[@]}"
expect 3 "bytes that are no text"
grep '^unread: ' "$work/said.log"
spark "$work/empty" "$work/found-none" --against "$work/nowhere"
expect 2 "no such collection"
pipe="$work/dies"
printf '#!/bin/sh\ncase "$*" in *json*) exec "%s" "$@" ;; esac\nkill -9 $$\n' "$program" > "$pipe"
chmod +x "$pipe"
spark "$work/empty" "$work/found-dead" --against "${against[@]}"
expect 4 "processes that die are failures, and no clean scan"
