#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/report_page.h"

namespace finetune::run {

/// The full report of an evaluation for programs:
///   {"num_examples", "metrics": {name: {"value", "low", "high"}},           95 % bootstrap
///   intervals; metrics of texts also have sacreBLEU's "signature" and "details"
///    "by_source_length": [{"least", "most", "num_examples", "metrics"}],     tasks that write
///    texts "per_class": [{"label", "precision", "recall", "f1", "support"}],       classification
///    "confusion_matrix": {"labels": [...], "counts": [[...]]}}               single label, row =
///    target
nlohmann::json evaluation_json(const report::SplitResult& result);

/// The same as a table for people.
std::string evaluation_text(const report::SplitResult& result);

}  // namespace finetune::run
