#!/usr/bin/env bash
# Sets up, builds and runs every test and check. Options go to ctest: scripts/test.sh -R train
# Tests that need data sets which may not be redistributed look for them in $FINETUNE_TEST_DATA, and are skipped without.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh --tests
# Tests on in any case: the quickstart may have configured this folder without them.
cmake --preset release -DFINETUNE_TESTS=ON
cmake --build --preset release
scripts/lint.sh build/release
exec ctest --test-dir build/release --output-on-failure --progress -j2 "$@"
