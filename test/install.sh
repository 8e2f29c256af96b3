#!/usr/bin/env bash
# Installs programs that a suite needs, where some are missing, by their Debian packages: test/install.sh vim:vim nvim:neovim
set -euo pipefail

missing=()
for each in "$@"; do
	command -v "${each%%:*}" >/dev/null || missing+=("${each#*:}")
done

if [ ${#missing[@]} = 0 ]; then
	echo 'all is here'
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
