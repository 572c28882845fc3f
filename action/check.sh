#!/usr/bin/env bash
# Runs `distilgate check` once with the inputs as options. Summary, annotations and outputs are its own.
set -euo pipefail
set -f # names of checks are words, not patterns

refuse() {
    echo "::error title=distilgate::$1"
    printf 'verdict=\nexit-code=2\n' >> "$GITHUB_OUTPUT"
    exit 2
}

arguments=(check)
# An option with a value, where one is given. The value is part of the word, so that it cannot be another option.
value() { if [ -n "$2" ]; then arguments+=("--$1=$2"); fi; }
flag() {
    case "$2" in
        true) arguments+=("--$1") ;;
        false | "") ;;
        *) refuse "the input $1 is neither true nor false" ;;
    esac
}
levels() {
    local check
    for check in $2; do arguments+=("--$1=$check"); done
}

value config "$INPUT_CONFIG"
value report "$INPUT_REPORT"
value baseline "$INPUT_BASELINE"
value today "$INPUT_TODAY"
value max-calls "$INPUT_MAX_CALLS"
value lang "$INPUT_LANG"
value threads "$INPUT_THREADS"
value device "$INPUT_DEVICE"
value color "$INPUT_COLOR"
value cache-dir "${INPUT_CACHE_DIR:-$RUNNER_TEMP/distilgate/cache}"
flag sarif "$INPUT_SARIF"
flag dry-run "$INPUT_DRY_RUN"
flag offline "$INPUT_OFFLINE"
flag quiet "$INPUT_QUIET"
flag verbose "$INPUT_VERBOSE"
levels allow "$INPUT_ALLOW"
levels warn "$INPUT_WARN"
levels deny "$INPUT_DENY"

cd "$INPUT_WORKING_DIRECTORY" || refuse "the input working-directory names no folder"
exec distilgate "${arguments[@]}"
