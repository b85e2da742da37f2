# Sourced by the scripts. make_environment FILE makes .venv with the pinned requirements of FILE, once for each content,
# and sets $python. Needs Python 3.11 or newer; prefers uv, which is ten times faster than pip.
# shellcheck shell=bash

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

as_root() {
    [ "$(id -u)" -eq 0 ]
}

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 update -qq &&
        apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >/dev/null
}

make_environment() {
    local system requirements=$1 stamp uv
    python=.venv/bin/python
    stamp=$(cat requirements.txt "$requirements" | cksum | tr ' ' '-')
    if [ -x "$python" ] && [ "$(cat ".venv/stamp-$requirements" 2>/dev/null)" = "$stamp" ]; then
        return
    fi
    system=$(find_python)
    if [ -z "$system" ] && as_root && command -v apt-get >/dev/null 2>&1; then
        echo "Installing python3-venv"
        apt_install python3-venv || fail "apt-get could not install python3-venv."
        system=$(find_python)
    fi
    [ -n "$system" ] || fail "HR Suite needs Python 3.11 or newer: sudo apt-get install python3-venv"
    if ! [ -x "$python" ] || ! "$python" -c '' 2>/dev/null; then
        if ! "$system" -c 'import venv, ensurepip' 2>/dev/null; then
            if as_root && command -v apt-get >/dev/null 2>&1; then
                echo "Installing python3-venv"
                apt_install python3-venv || fail "apt-get could not install python3-venv."
                system=$(find_python)
            else
                fail "Python's venv is missing. Install it with: sudo apt-get install python3-venv"
            fi
        fi
        echo "Making .venv with $("$system" --version)"
        "$system" -m venv --clear .venv || fail "The virtual environment could not be made."
    fi
    echo "Installing $requirements (once)"
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m ensurepip >/dev/null || fail "pip is missing in .venv; delete .venv and start again."
    fi
    if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then
        uv=(uv)
    else
        "$python" -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
        uv=("$python" -m uv)
    fi
    if ! "${uv[@]}" pip install --quiet --compile-bytecode --python "$python" -r "$requirements" 2>/dev/null; then
        "$python" -m pip install --quiet --disable-pip-version-check -r "$requirements" ||
            fail "The requirements could not be installed."
    fi
    echo "$stamp" >".venv/stamp-$requirements"
}
