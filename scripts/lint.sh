#!/usr/bin/env bash
# Checks form and finds likely defects without running anything: clang-format, clang-tidy, bash -n.
#
#   scripts/lint.sh BUILD_FOLDER         files of the rooms without torch, and every file changed against main
#   scripts/lint.sh BUILD_FOLDER --all   every file of lib/ and apps/ (those with torch take long)
#
# BUILD_FOLDER is a configured build with compile_commands.json (build/release). Files that it does not build are left out.
# Only files that git knows are looked at. Exit code 0: nothing found.
set -euo pipefail
build=$(realpath -- "${1:?usage: scripts/lint.sh BUILD_FOLDER [--all]}")
scope=${2:-}
cd "$(dirname "$0")/.."
torch_free='^lib/(base|config|text|metrics|tensors|data|report)/'
gcc_only='^lib/kernels/simd/'  # vectors by extensions that clang does not have

say() { printf '[lint] %s\n' "$*"; }
die() { printf '[lint] error: %s\n' "$*" >&2; exit 2; }

[ -z "$scope" ] || [ "$scope" = --all ] || die "unknown option $scope"
[ -f "$build/compile_commands.json" ] || die "no compile_commands.json in $build: run cmake --preset release first"
for tool in clang-format-14 clang-tidy-14; do
  command -v "$tool" > /dev/null || die "$tool not found: run scripts/setup.sh --tests"
done

changed_files() {
  local base
  base=$(git merge-base HEAD origin/main 2> /dev/null || git merge-base HEAD main 2> /dev/null || echo HEAD)
  git diff --name-only --diff-filter=d "$base"
}

files_to_tidy() {
  local known
  known=$(python3 -c 'import json, sys
for entry in json.load(open(sys.argv[1])): print(entry["file"])' "$build/compile_commands.json")
  { if [ "$scope" = --all ]; then git ls-files; else git ls-files | grep -E "$torch_free"; changed_files; fi; } |
    grep -E '^(lib|apps)/.*\.cpp$' | grep -vE "$gcc_only" | sort -u |
    while read -r file; do grep -qxF -- "$PWD/$file" <<< "$known" && echo "$file"; done || true
}

# clang-tidy reads plainly what g++ takes from a precompiled header, which clang cannot read; and g++'s omp.h, but for an
# attribute that clang does not have.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
sed 's/__malloc__ (omp_free)/__malloc__/' "$(g++ -print-file-name=include/omp.h)" > "$commands/omp.h"
sed -E 's/ -Winvalid-pch| -fpch-preprocess| -include [^ ]*cmake_pch\.hxx//g' "$build/compile_commands.json" > "$commands/compile_commands.json"

status=0
say "bash -n"
while read -r script; do bash -n "$script" || status=1; done < <(git ls-files '*.sh' .ci/run)

say "clang-format"
git ls-files -z '*.h' '*.cpp' '*.cu' | xargs -0 clang-format-14 --dry-run -Werror || status=1

mapfile -t files < <(files_to_tidy)
say "clang-tidy: ${#files[@]} files"
# Shown are the findings; the counts of suppressed warnings in system headers are not.
tidy() { echo "[lint] $2" && clang-tidy-14 -p "$1" --extra-arg=-isystem"$1" --quiet "$2" 2> >(grep -v ' warnings\? \(and [0-9]* errors\? \)\?generated' >&2); }
export -f tidy
printf '%s\0' "${files[@]}" | xargs -0 -r -n 1 -P "$(nproc)" bash -c 'tidy "$@"' tidy "$commands" || status=1

[ "$status" -eq 0 ] && say "nothing found" || say "see the findings above"
exit "$status"
