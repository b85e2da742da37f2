# Sourced by script/test and script/check. What they need of the machine beside Python: each by its name, before the
# first test. As root with apt-get it is installed; else it is said what is missing, what that costs, and how to get it.
# shellcheck shell=bash

has_font() {
    compgen -G "/usr/share/fonts/*/noto/NotoSansCJK*" >/dev/null
}

has_calc() {
    command -v soffice || command -v libreoffice
}

has_chromium() {
    [ -x /usr/bin/chromium ] || compgen -G "$HOME/.cache/ms-playwright/chromium*" >/dev/null
}

# Playwright's own node is linked against a library that a small machine lacks.
has_libatomic() {
    local library
    for library in /lib /usr/lib /lib64 /usr/lib64; do
        [ -n "$(find "$library" -maxdepth 2 -name 'libatomic.so.1*' -print -quit 2>/dev/null)" ] && return
    done
    return 1
}

# Asked as the tests ask: by the system's own way of looking names up.
has_localhost() {
    "${python:-python3}" -c 'import socket; socket.getaddrinfo("localhost", 80)' 2>/dev/null
}

has_shared_memory() {
    [ -d /dev/shm ] && [ -w /dev/shm ]
}

# name, how it is seen, the package that brings it, what does not work without it
machine_parts() {
    cat <<'PARTS'
libatomic1|has_libatomic|libatomic1|every browser test, since Playwright's node does not run
chromium|has_chromium|chromium|every browser test
fonts-noto-cjk|has_font|fonts-noto-cjk|pictures of Chinese pages
gettext|command -v msgfmt|gettext|the check of translations
ffmpeg|command -v ffmpeg|ffmpeg|one of the two ways in which recordings are rewritten
LibreOffice Calc|has_calc|libreoffice-calc-nogui|workbooks as another program opens them
"localhost" in /etc/hosts|has_localhost||tests that open a server of this machine by its name
/dev/shm|has_shared_memory||Chromium, and many processes of PostgreSQL
PARTS
}

# The parts that are missing, one a line; with a name, that one alone.
missing_parts() {
    local name seen package costs
    while IFS='|' read -r name seen package costs; do
        [ "${1:-$name}" = "$name" ] || continue
        eval "$seen" >/dev/null 2>&1 || printf '%s|%s|%s\n' "$name" "$package" "$costs"
    done < <(machine_parts)
}

# make_machine [NAME]: installs what it can; afterwards says what is still missing, and fails in CI.
make_machine() {
    local name package costs packages=() left
    while IFS='|' read -r name package costs; do
        # Ubuntu's package is only a pointer to a snap, which a machine without snapd cannot use.
        [ "$package" = chromium ] && grep -qs '^ID=ubuntu' /etc/os-release && continue
        [ -n "$package" ] && packages+=("$package")
    done < <(missing_parts "$@")
    if as_root; then
        [ $# -gt 0 ] || has_localhost || printf '127.0.0.1 localhost\n::1 localhost\n' >>/etc/hosts || true
        if [ ${#packages[@]} -gt 0 ] && command -v apt-get >/dev/null 2>&1; then
            echo "Installing ${packages[*]}"
            apt_install "${packages[@]}" || echo "apt-get could not install ${packages[*]}" >&2
        fi
        [ $# -gt 0 ] || has_chromium || "$python" -m playwright install --with-deps chromium >/dev/null 2>&1 || true
    fi
    left=$(missing_parts "$@")
    [ -z "$left" ] && return
    while IFS='|' read -r name package costs; do
        printf 'Missing: %s. Without it: %s.%s\n' "$name" "$costs" \
            "${package:+ Get it with: sudo apt-get install $package}" >&2
    done <<<"$left"
    [ "${CI:-}" != true ] || fail "In CI nothing may be missing: see above."
}
