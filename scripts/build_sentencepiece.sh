#!/usr/bin/env bash
# Builds the static sentencepiece library into a folder, unless it is there already; scripts/setup.sh and scripts/fuzz.sh call this.
#
#   scripts/build_sentencepiece.sh FOLDER [CMAKE_OPTION ...]
set -euo pipefail
mkdir -p "${1:?usage: scripts/build_sentencepiece.sh FOLDER [CMAKE_OPTION ...]}"
to=$(realpath -- "$1"); shift
cd "$(dirname "$0")/.."
version=0.2.1
sha256=8138cec27c2f2282f4a34d9a016e3374cd40e5c6e9cb335063db66a0a3b71fad
python=.deps/venv/bin/python

say() { printf '[sentencepiece] %s\n' "$*"; }
die() { printf '[sentencepiece] error: %s\n' "$*" >&2; exit 1; }

[ "$(cat "$to/version" 2>/dev/null)" = "$version" ] && exit 0
say "building sentencepiece $version (about two minutes)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m pip install -q setuptools wheel
"$python" -m pip download --no-binary :all: --no-deps --no-build-isolation -d "$work" "sentencepiece==$version"
echo "$sha256  $work/sentencepiece-$version.tar.gz" | sha256sum -c --quiet ||
  die "sentencepiece-$version.tar.gz does not have the expected SHA-256 $sha256: not building it"
tar -xzf "$work/sentencepiece-$version.tar.gz" -C "$work"
cmake -S "$work/sentencepiece-$version/sentencepiece" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DSPM_ENABLE_SHARED=OFF -DSPM_ENABLE_TCMALLOC=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
  -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@" >"$work/log" 2>&1 &&
  cmake --build "$work/build" --target sentencepiece-static sentencepiece_train-static ||
  { tail -30 "$work/log"; die "building sentencepiece failed"; }
mkdir -p "$to/lib" "$to/include"
cp "$work"/build/src/libsentencepiece.a "$work"/build/src/libsentencepiece_train.a "$to/lib/"
cp "$work/sentencepiece-$version"/sentencepiece/src/sentencepiece_{processor,trainer}.h "$to/include/"
echo "$version" >"$to/version"
