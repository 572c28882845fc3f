#!/usr/bin/env bash
# Part of check.sh: makes of its arguments those of `report --merge`. What decides was given to the shares, and their parts
# carry it; given here alone it would count for nothing, so it is refused.
set -euo pipefail

if [ -n "$INPUT_PARTITION" ]; then refuse "the inputs partition and merge are for different jobs"; fi
for name in baseline allow warn deny today max-calls lang; do
    variable="INPUT_$(tr 'a-z-' 'A-Z_' <<< "$name")"
    if [ -n "${!variable}" ]; then refuse "the input $name is for the shares, and their parts carry it; leave it out beside merge"; fi
done
if [ "$INPUT_DRY_RUN" = true ]; then refuse "the input dry-run is for a check, and not for a merge"; fi

parts=()
while IFS= read -r part; do parts+=("$part"); done < <(compgen -G "$INPUT_MERGE" | LC_ALL=C sort)
if [ ${#parts[@]} = 0 ]; then refuse "the input merge names no file"; fi
# Options first, for --merge takes all that follows it up to the next.
arguments=(report "${arguments[@]:1}" --merge "${parts[@]/#-/./-}" "--out=$INPUT_REPORT")
