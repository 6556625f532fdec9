#!/bin/sh
# Bring a loads.db that an older program wrote up to date: `negotiator migrate`, found wherever it is.
#
#   ./migrate_add_session_id.sh [FILE] [--dry-run]     FILE defaults to $NEGOTIATOR_DB, else loads.db
#
# It backs the file up beside it, then adds the column session_id and its indexes; a second run changes
# nothing. The exit code is that of `negotiator migrate`: 0 done, 3 no such file, 5 unusable, 75 locked.
set -eu

# Beside this script first: there it is ours, while another program on the path may have the same name.
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
for program in "$here/negotiator" "$here/.venv/bin/negotiator"; do
    if [ -f "$program" ] && [ -x "$program" ]; then # a folder of that name is the source
        exec "$program" migrate "$@"
    fi
done
if command -v negotiator >/dev/null 2>&1; then
    exec negotiator migrate "$@"
fi
for python in python3 python; do
    # -P, so that a folder named negotiator here is not mistaken for the program.
    if "$python" -P -c 'import negotiator.cli' >/dev/null 2>&1; then
        exec "$python" -P -m negotiator migrate "$@"
    fi
done
echo "Error: negotiator is not installed here. Hint: run 'pip install .' in its folder, or activate its environment." >&2
exit 127
