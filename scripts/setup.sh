#!/bin/sh
# Makes everything that `make run` (setup.sh run) or `make test` (setup.sh test, setup.sh bench) needs.
# Fresh Debian or Ubuntu with python3 (3.11+) and make is enough: what is missing is installed with apt-get when we are
# root, and named with the line to type when we are not. A second run does nothing when nothing has changed.
set -eu
cd "$(dirname "$0")/.."
for_what="${1:-run}"

say() { printf '%s\n' "$*" >&2; }

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_updated=""
need_packages() { # need_packages "why" package…
    why="$1"; shift
    if ! may_install; then
        say "足りないものがあります（$why）。次の1行を実行してから、もういちどお試しください。"
        say "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
        exit 1
    fi
    say "apt-get で入れます（$why）: $*"
    if [ -z "$apt_updated" ]; then apt-get update -qq; apt_updated=yes; fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
find_python() {
    for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        [ -n "$candidate" ] || continue
        command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c "$new_enough" 2>/dev/null; then command -v "$candidate"; return; fi
    done
}

python="$(find_python)"
if [ -z "$python" ]; then
    need_packages "Python 3.11 以上" python3 python3-venv
    python="$(find_python)"
    [ -n "$python" ] || { say "Python 3.11 以上が見つかりません。PYTHON=/path/to/python3.11 make … のように教えてください。"; exit 1; }
fi

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c "$new_enough" 2>/dev/null; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        need_packages "Python の venv" python3-venv "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi

install_requirements() { # the stamp names exactly what is installed
    stamp=".venv/.installed-$(basename "$1" .txt)"
    if ! cmp -s "$1" "$stamp"; then
        say "Python の部品を入れます（$1）。はじめは1、2分かかります。"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$1" 2>.venv/pip.log || {
            cat .venv/pip.log >&2
            say "Python の部品を入れられませんでした。ネットワークを確かめて、もういちどお試しください。"
            exit 1
        }
        cp "$1" "$stamp"
    fi
}

install_frontend() { # fonts and design tokens; pages work without them
    stamp="node_modules/.installed"
    if cmp -s package-lock.json "$stamp" 2>/dev/null; then return; fi
    if ! npm --version >/dev/null 2>&1; then
        install_requirements requirements-node.txt
        PATH="$PWD/.venv/bin:$PATH"; export PATH
    fi
    if npm ci --silent --no-audit --no-fund --ignore-scripts >.venv/npm.log 2>&1; then
        cp package-lock.json "$stamp"
    else
        say "文字と色の部品（npm）を入れられませんでした。見た目は少し変わりますが、このまま動きます。"
    fi
}

install_browser() { # the headless shell is Chromium without windows: it halves the CPU of the tests that need a browser
    packages=""
    browser=""
    for name in chromium-headless-shell chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && browser="$name" && break
    done
    [ -n "$browser" ] || packages="chromium-headless-shell"
    # Without fontconfig's own command (it is a package of its own) the files tell.
    fonts="$(fc-list 2>/dev/null || ls -R /usr/share/fonts 2>/dev/null || true)"
    case "$fonts" in *NotoSansCJK*|*"Noto Sans CJK"*) ;; *) packages="$packages fonts-noto-cjk" ;; esac
    case "$fonts" in *NotoColorEmoji*|*"Noto Color Emoji"*) ;; *) packages="$packages fonts-noto-color-emoji" ;; esac
    # Playwright's own node needs it; a fresh Debian has it only by way of a compiler.
    PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1' || packages="$packages libatomic1"
    # shellcheck disable=SC2086
    [ -z "$packages" ] || need_packages "画面の試験に使うブラウザーと文字" $packages
    case "$browser" in ""|chromium-headless-shell) return ;; esac
    if may_install && [ ! -e .venv/.no-shell ]; then # another browser is there, so that this one may fail
        (need_packages "画面の試験が速くなる" chromium-headless-shell) || {
            touch .venv/.no-shell
            say "chromium-headless-shell は入りませんでした。画面の試験は $browser で動きます（時間は長くなります）。"
        }
    fi
}

mkdir -p var
case "$for_what" in
    run) install_requirements requirements.txt; install_frontend ;;
    test)
        install_browser & # apt-get and pip wait for different things
        browser_coming=$!
        install_requirements requirements-dev.txt
        install_frontend
        wait "$browser_coming" ;;
    bench) install_requirements requirements-bench.txt ;;
    *) say "setup.sh: run、test、bench のどれかを書いてください。"; exit 2 ;;
esac
