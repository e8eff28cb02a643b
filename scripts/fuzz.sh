#!/usr/bin/env bash
# Fuzzes the readers of foreign files with libFuzzer and AddressSanitizer, every target of tests/fuzz in turn.
#
#   scripts/fuzz.sh SECONDS [TARGET ...]     e.g. scripts/fuzz.sh 600 tokenizer_json vocab_merges model encode
#
# The build goes to build/fuzz. Inputs that reach new code stay in build/fuzz/found/TARGET; a finding stops the run and
# leaves its input in build/fuzz/findings: once it is mended, keep it in tests/fuzz/corpus/TARGET, where it is replayed.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || { sed -n '2,8p' "$0" >&2; exit 2; }
seconds=$1; shift
targets=("$@"); [ $# -gt 0 ] || targets=(tokenizer_json vocab_merges model encode)
build=${FINETUNE_FUZZ_BUILD:-build/fuzz}

if [ -z "${FINETUNE_FUZZ_BUILD:-}" ]; then
  compiler=$(command -v clang++-14 || command -v clang++) || { echo "fuzz.sh: no clang++; install clang-14" >&2; exit 2; }
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$compiler" -DFINETUNE_FUZZ=ON > /dev/null
  cmake --build "$build" --target "${targets[@]/#/fuzz_}"
fi
# The sentencepiece library is built without the sanitizer: its vectors carry no marks of their ends.
export ASAN_OPTIONS=detect_container_overflow=0:allocator_may_return_null=1
for target in "${targets[@]}"; do
  mkdir -p "$build/found/$target" "$build/findings"
  echo "== $target, $seconds s"
  nice -n 10 "$(find "$build" -type f -name "fuzz_$target" -perm -u+x | head -1)" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
    "$build/found/$target" "tests/fuzz/corpus/$target" 2>&1 | grep -vE '^#[0-9]+.*(NEW|REDUCE|pulse|RELOAD)' | tail -25
done
