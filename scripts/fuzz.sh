#!/usr/bin/env bash
# Fuzzes the readers of foreign files and the encoders with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   scripts/fuzz.sh [MINUTES [TARGET ...]]     e.g. scripts/fuzz.sh 10 tokenizer_json rows
#   scripts/fuzz.sh --merge [TARGET ...]       adds to tests/fuzz/corpus what reached new code
#
# MINUTES (10) are those of each target, two of which run at once; the default is all targets. Builds into build/fuzz, the
# sentencepiece library too. Inputs that reach new code stay in build/fuzz/found/TARGET. A finding ends a target's run and leaves
# its input in build/fuzz/findings: once it is mended, keep it in tests/fuzz/corpus/TARGET, which the tests replay.
# Needs the Debian packages clang-14 and libclang-rt-14-dev, and scripts/setup.sh to have run.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=10
merges=
if [ "${1:-}" = --merge ]; then merges=1; shift
elif [ $# -gt 0 ]; then minutes=$1; shift; fi
[[ $minutes =~ ^[1-9][0-9]*$ ]] || { sed -n '2,11p' "$0" >&2; exit 2; }
targets=("$@")
[ $# -gt 0 ] || targets=(tokenizer_json slow_folder sentencepiece encode weights rows config manifest)
build=$PWD/build/fuzz

if ! compiler=$(command -v clang++-14) || ! [ -e "$("$compiler" -print-resource-dir)/lib/linux/libclang_rt.fuzzer-x86_64.a" ]; then
  echo "fuzz.sh: libFuzzer is missing: apt-get install clang-14 libclang-rt-14-dev" >&2
  exit 2
fi
sanitize='-fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer'
scripts/build_sentencepiece.sh "$build/sentencepiece" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_C_COMPILER="${compiler/++/}" \
  -DCMAKE_CXX_FLAGS="$sanitize" -DCMAKE_C_FLAGS="$sanitize"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$compiler" -DFINETUNE_FUZZ=ON \
  -DFINETUNE_SENTENCEPIECE_ROOT="$build/sentencepiece" >"$build/log" || { tail -20 "$build/log" >&2; exit 2; }
cmake --build "$build" --target "${targets[@]/#/fuzz_}"
mkdir -p "$build/findings"

fuzz_one() {  # fuzz_one BUILD MINUTES TARGET
  local dictionary=tests/fuzz/$3.dict found=$1/found/$3 status=0
  mkdir -p "$found"
  # Vectors cross from objects built with the marks of AddressSanitizer for their ends to others built without.
  ASAN_OPTIONS=detect_container_overflow=0 UBSAN_OPTIONS=print_stacktrace=1 nice -n 15 "$1/tests/fuzz/fuzz_$3" \
    -max_total_time=$(($2 * 60)) -timeout=60 -rss_limit_mb=2048 -malloc_limit_mb=512 -max_len=16384 -print_final_stats=1 \
    $([ -e "$dictionary" ] && echo "-dict=$dictionary") -artifact_prefix="$1/findings/$3-" \
    "$found" "tests/fuzz/corpus/$3" >"$1/$3.log" 2>&1 || status=1
  echo "== $3: $([ $status -eq 0 ] && echo "no finding" || echo "FINDING"), log $1/$3.log"
  grep -E '^stat::number_of_executed_units|cov:' "$1/$3.log" | tail -2
  [ $status -eq 0 ] || grep -vE '^#[0-9]+' "$1/$3.log" | tail -60
  return $status
}
export -f fuzz_one

if [ -n "$merges" ]; then
  for target in "${targets[@]}"; do
    "$build/tests/fuzz/fuzz_$target" -set_cover_merge=1 -use_counters=0 "tests/fuzz/corpus/$target" "$build/found/$target" 2>&1 | tail -2
  done
else
  printf '%s\0' "${targets[@]}" | xargs -0 -n 1 -P 2 bash -c 'fuzz_one "$@"' fuzz "$build" "$minutes"
fi
