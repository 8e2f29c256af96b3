#!/usr/bin/env bash
# Installs the browser and the terminal that the suite looks at, where one is missing: test/seen/install.sh
set -euo pipefail

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need chromium chromium
need tmux tmux

if [ ${#missing[@]} = 0 ]; then
	echo 'both are here'
	exit
fi
echo "missing: ${missing[*]}"
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if command -v apt-get >/dev/null; then
	as_root apt-get update -q
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
else
	echo 'there is no apt-get: install them by hand' >&2
	exit 1
fi
