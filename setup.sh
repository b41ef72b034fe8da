#!/bin/sh
# Makes the environment in .venv from a lock file: `sh setup.sh run`, or `sh setup.sh dev` (tests and linters too).
# Needs Python 3.11 or newer with its venv module, and the Python package registry.
# Does nothing when nothing changed since the last time.
set -u

cd "$(dirname "$0")" || exit 1
kind=${1:-dev}
venv=$(pwd -P)/.venv
stamp=$venv/setup.stamp
log=$venv/setup.log

stop() {
    echo "$1" >&2
    exit 1
}

lock_of() {
    case $1 in
        run) echo requirements.lock ;;
        dev) echo requirements-dev.lock ;;
        *) stop "Usage: sh setup.sh run|dev" ;;
    esac
}

state_of() {
    echo "$1 $(cat "$(lock_of "$1")" pyproject.toml setup.sh | cksum)"
}

# An environment that was moved, or whose Python is gone, does not work.
usable() {
    grep -qF "$venv/bin/python" "$venv/bin/pip" 2>/dev/null && "$venv/bin/python" -c '' 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

complain_about_python() {
    found=$("${PYTHON:-python3}" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null)
    [ -n "$found" ] || stop "There is no ${PYTHON:-Python 3} here: install Python 3.11 or newer, then run make again."
    stop "Python $found is too old: install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.11 run"
}

create() {
    python=$(find_python) || complain_about_python
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$python has no venv module: install it (Debian, Ubuntu: apt install python3-venv), then run make again."
    said=$("$python" -m venv --clear "$venv" 2>&1) ||
        stop "The environment in $venv could not be made: $(echo "$said" | tail -n 1)"
}

explain() {
    if grep -qiE 'could not resolve|failed to resolve|name resolution|connect|unreachable|timed out|dns error|failed to fetch' "$log"; then
        stop "The Python package registry cannot be reached: check the network and the proxy, then run make again ($log says more)."
    fi
    tail -n 15 "$log" >&2
    stop "The environment could not be made: the lines above, of $log, say why."
}

# The lock pins uv as well: pip installs it, uv the rest.
install_uv() {
    awk '/^uv==/ {found = 1} found {print} found && !/\\$/ {exit}' "$lock" >"$venv/uv.txt"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --retries 2 --timeout 30 \
        --no-deps --only-binary :all: --require-hashes -r "$venv/uv.txt" >>"$log" 2>&1
}

install_all() {
    # Who told pip of a mirror need not tell uv again.
    mirror=${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null)}
    if [ -n "$mirror" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        export UV_DEFAULT_INDEX="$mirror"
    fi
    VIRTUAL_ENV=$venv
    export VIRTUAL_ENV
    "$venv/bin/uv" pip sync --require-hashes "$lock" >>"$log" 2>&1 &&
        "$venv/bin/uv" pip install --no-deps --no-build-isolation --editable . >>"$log" 2>&1 &&
        compile_all
}

# Once, here: every start would take two seconds longer where Python may not keep what it compiled
# (PYTHONDONTWRITEBYTECODE, or an environment that its user cannot write). What does not compile, as templates
# that some packages carry, is none of our business.
compile_all() {
    packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    "$venv/bin/python" -m compileall -qq -j 0 "$packages" ratchet_web >>"$log" 2>&1 || true
}

lock=$(lock_of "$kind") || exit 2
made=$(cat "$stamp" 2>/dev/null)
if usable; then
    # The environment of the developers holds all that a run needs.
    [ "$made" = "$(state_of dev)" ] && exit 0
    [ "$kind" = run ] && [ "$made" = "$(state_of run)" ] && exit 0
    # Who once set up for development keeps that when a lock changes.
    case $made in dev*) kind=dev lock=$(lock_of dev) ;; esac
fi
if ! [ -w . ] || { [ -e "$venv" ] && ! [ -w "$venv" ]; }; then
    stop "The directory $(pwd) cannot be written: run make as its owner, or clone to a place of your own."
fi
echo "Setting up the environment in .venv"
rm -f "$stamp"
usable || create
: >"$log"
install_uv && install_all || explain
state_of "$kind" >"$stamp"
