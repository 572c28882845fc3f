#!/usr/bin/env bash
# Puts distilgate into $RUNNER_TEMP/distilgate/bin and on the PATH of later steps: what the cache has; else the release of
# this very version, held to its checksum; else built from the action's own files.
set -euo pipefail
folder="$RUNNER_TEMP/distilgate"
mkdir -p "$folder/bin"
echo "$folder/bin" >> "$GITHUB_PATH"
if "$folder/bin/distilgate" --version 2> /dev/null; then
    exit 0
fi

digest() { if command -v sha256sum > /dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# The name that Rust has for this machine, as releases are called.
case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) target=x86_64-unknown-linux-gnu ;;
    Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) target= ;;
esac

# A release is for a version, not for a branch or a commit: those are built.
if [[ -n "$target" && -n "$ACTION_REPOSITORY" && "$ACTION_REF" =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    archive="distilgate-$target.tar.gz"
    address="$GITHUB_SERVER_URL/$ACTION_REPOSITORY/releases/download/$ACTION_REF/$archive"
    if curl -fsSL --retry 2 -o "$folder/$archive" "$address" && curl -fsSL --retry 2 -o "$folder/sum" "$address.sha256"; then
        expected=$(cut -d ' ' -f 1 "$folder/sum")
        found=$(digest "$folder/$archive" | cut -d ' ' -f 1)
        if [ "$expected" != "$found" ]; then
            echo "::error title=distilgate::$archive is not what its checksum says; nothing was installed"
            exit 4
        fi
        tar -xzf "$folder/$archive" -C "$folder/bin"
        "$folder/bin/distilgate" --version
        exit 0
    fi
    echo "there is no release of $ACTION_REF for $target; building it"
fi

if ! command -v cargo > /dev/null; then
    echo "::error title=distilgate::there is no release to install and no cargo to build with; use a version such as v1.2.3, or install Rust before this step"
    exit 4
fi
cargo install --locked --path "$ACTION_PATH" --root "$folder"
