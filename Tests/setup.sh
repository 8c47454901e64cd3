#!/usr/bin/env bash
# Installs what the build and the tests need beyond the Swift toolchain. Does nothing when all of it is there.
set -euo pipefail

packages=(libcurl4-openssl-dev libssl-dev libsqlite3-dev zlib1g-dev pkg-config openssl python3-websockets)
missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing: ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "run as root, or install by hand: ${missing[*]}" >&2; exit 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
fi
command -v swift >/dev/null || { echo "there is no Swift toolchain: install Swift 6.2 or later from swift.org" >&2; exit 1; }
