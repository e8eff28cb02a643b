#!/usr/bin/env bash
# From a fresh clone to a fine-tuned sentiment classifier: sets up, builds, trains MiniLM-L6 on the Amazon review sentences
# of data/, evaluates it and labels five sentences.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

say "1/5 set-up (LibTorch, sentencepiece, the MiniLM-L6 checkpoint; only what is missing)"
scripts/setup.sh
say "2/5 build (up to 15 minutes the first time on two processors)"
cmake --preset release -DFINETUNE_TESTS=OFF
cmake --build --preset release --target finetune
finetune=build/release/apps/finetune/finetune
run=runs/amazon-reviews

say "3/5 fine-tuning: $finetune train configs/amazon-reviews.json"
"$finetune" train configs/amazon-reviews.json
say "4/5 evaluation on the test set: $finetune evaluate $run --split test"
"$finetune" evaluate "$run" --split test
say "5/5 five sentences: $finetune predict $run"
sentences=("This is the best phone I have ever owned."
           "It stopped working after two days."
           "The picture is sharp and the menu is easy to use."
           "I would not recommend it to anyone."
           "Great sound, but the battery is a joke.")
printf '%s\n' "${sentences[@]}" | tee >(sed 's/^/  /' >&2) | "$finetune" predict "$run"

say "done"
cat <<END
The run folder      $run  (metrics.jsonl, report.html, predictions/, TensorBoard events)
The model           $run/best  loads in transformers as it is
A copy of the model $finetune export $run out/amazon-reviews
Another run         $finetune train configs/amazon-reviews.json --seed=7 --output_dir=runs/seed-7
END
