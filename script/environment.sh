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

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 update -qq &&
        apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >/dev/null
}

has_uv() {
    command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1
}

# A Python that is new enough and, without uv, can make a virtual environment.
find_python() {
    local name needs='import sys; sys.exit(sys.version_info < (3, 11))'
    has_uv || needs="import venv, ensurepip; $needs"
    for name in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c "$needs" 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

stamp_of() {
    cat requirements.txt "$1" | cksum | tr ' ' '-'
}

make_venv() {
    local system
    system=$(find_python)
    if [ -z "$system" ] && as_root && command -v apt-get >/dev/null 2>&1; then
        echo "Installing python3-venv"
        apt_install python3-venv || fail "apt-get could not install python3-venv."
        system=$(find_python)
    fi
    [ -n "$system" ] ||
        fail "HR Suite needs Python 3.11 or newer with venv. On Debian 12 or Ubuntu: sudo apt-get install python3-venv"
    echo "Making .venv with $("$system" --version)"
    if has_uv; then
        uv venv --quiet --clear --python "$system" .venv
    else
        "$system" -m venv --clear .venv
    fi || fail "The virtual environment could not be made."
}

install_with_pip() {
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip >/dev/null || return
    "$python" -m pip install --quiet --disable-pip-version-check -r "$1"
}

make_environment() {
    local requirements=$1 uv=(uv)
    python=.venv/bin/python
    if [ -x "$python" ] && [ "$(cat ".venv/stamp-$requirements" 2>/dev/null)" = "$(stamp_of "$requirements")" ]; then
        return
    fi
    "$python" -c '' 2>/dev/null || make_venv
    echo "Installing $requirements (once)"
    if ! has_uv; then
        "$python" -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
        uv=("$python" -m uv)
    fi
    "${uv[@]}" pip install --quiet --compile-bytecode --python "$python" -r "$requirements" 2>/dev/null ||
        install_with_pip "$requirements" || fail "The requirements could not be installed."
    # Each contains the first one, or stands beside it.
    stamp_of requirements.txt >.venv/stamp-requirements.txt
    stamp_of "$requirements" >".venv/stamp-$requirements"
}

stamp_of_modules() {
    cat package.json package-lock.json .npmrc | cksum | tr ' ' '-'
}

# make_modules installs the pinned modules of package-lock.json beside the requirements, once for each content, and sets
# $node and $modules. Node and npm are in the developers' requirements: call make_environment with these before.
make_modules() {
    local home=.venv/node stamp
    node=.venv/bin/node
    modules=$home/node_modules
    stamp=$(stamp_of_modules)
    [ "$(cat "$home/stamp" 2>/dev/null)" = "$stamp" ] && return
    echo "Installing package-lock.json (once)"
    mkdir -p "$home"
    cp package.json package-lock.json .npmrc "$home/"
    (cd "$home" && ../bin/npm ci --loglevel=error >/dev/null) ||
        fail "The modules of package-lock.json could not be installed."
    printf '%s\n' "$stamp" >"$home/stamp"
}
