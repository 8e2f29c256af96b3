#!/usr/bin/env bash
# The editors that the suite drives, and the terminal that they are driven in.
exec bash "${0%/*}/../install.sh" vim:vim nvim:neovim nano:nano emacs:emacs-nox tmux:tmux
