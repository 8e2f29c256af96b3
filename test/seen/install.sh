#!/usr/bin/env bash
# The browser and the terminal that the suite looks at.
exec bash "${0%/*}/../install.sh" chromium:chromium tmux:tmux
