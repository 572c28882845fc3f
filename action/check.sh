#!/usr/bin/env bash
# Runs distilgate once with the inputs as options: `check`, a share of it, or the merging of all shares. Summary, annotations and
# outputs are its own, but for a share, which has no verdict.
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

# For every command.
value config "$INPUT_CONFIG"
value threads "$INPUT_THREADS"
value device "$INPUT_DEVICE"
value color "$INPUT_COLOR"
value cache-dir "${INPUT_CACHE_DIR:-$RUNNER_TEMP/distilgate/cache}"
flag offline "$INPUT_OFFLINE"
flag quiet "$INPUT_QUIET"
flag verbose "$INPUT_VERBOSE"

cd "$INPUT_WORKING_DIRECTORY" || refuse "the input working-directory names no folder"
if [ -n "$INPUT_MERGE" ]; then
    # shellcheck source=action/merge.sh
    source "$ACTION_PATH/action/merge.sh"
    code=0
    distilgate "${arguments[@]}" || code=$?
    # Parts that do not belong together are no verdict.
    case "$code" in 0 | 1 | 3) ;; *) printf 'verdict=\nexit-code=%s\n' "$code" >> "$GITHUB_OUTPUT" ;; esac
    exit "$code"
fi

value report "$INPUT_REPORT"
value baseline "$INPUT_BASELINE"
value partition "$INPUT_PARTITION"
value today "$INPUT_TODAY"
value max-calls "$INPUT_MAX_CALLS"
value lang "$INPUT_LANG"
flag sarif "$INPUT_SARIF"
flag dry-run "$INPUT_DRY_RUN"
levels allow "$INPUT_ALLOW"
levels warn "$INPUT_WARN"
levels deny "$INPUT_DENY"
if [ -z "$INPUT_PARTITION" ]; then
    exec distilgate "${arguments[@]}"
fi

# A share: the folder of its part for later steps, which run in the workspace, and no verdict.
case "$INPUT_REPORT" in
    *[[:cntrl:]]*) refuse "the input report has a line break in its name" ;;
    /* | [A-Za-z]:*) report="$INPUT_REPORT" ;;
    *) report="$INPUT_WORKING_DIRECTORY/$INPUT_REPORT" ;;
esac
code=0
distilgate "${arguments[@]}" || code=$?
if [ "$code" != 0 ]; then report=; fi
printf '%s\n' verdict= "exit-code=$code" "report=${report#./}" junit= >> "$GITHUB_OUTPUT"
exit "$code"
