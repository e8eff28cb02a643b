#include "score.h"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/strings.h"
#include "metrics/significance.h"
#include "metrics/text_metrics.h"

namespace finetune::apps {

namespace {

using Lines = std::vector<std::string>;
using metrics::SentenceTable;
using metrics::TextMetric;

constexpr int64_t kSentencesPerTask = 16;

/// The lines of a file without white space at their ends. Throws DataError for an empty file and
/// for bytes that are not UTF-8.
Lines read_lines(const std::filesystem::path& path) {
  const std::string text = base::read_file(path);
  Lines lines = base::split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  if (lines.empty()) throw DataError(base::cat(path.string(), ": the file is empty"));
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i].erase(lines[i].find_last_not_of(" \t\r\f\v") + 1);
    if (base::is_valid_utf8(lines[i])) continue;
    throw DataError(base::cat(path.string(), ":", i + 1, ": the line is not UTF-8: ",
                              base::quote(lines[i]), "; convert the file (iconv -t utf-8)"));
  }
  return lines;
}

Lines read_aligned(const std::filesystem::path& path, const ScoreArguments& arguments,
                   size_t num_lines) {
  Lines lines = read_lines(path);
  if (lines.size() != num_lines) {
    throw DataError(base::cat(path.string(), " has ", lines.size(), " lines, but ",
                              arguments.hypotheses.string(), " has ", num_lines,
                              "; line n of one belongs to line n of the other"));
  }
  return lines;
}

metrics::TextMetricOptions options_of(const ScoreArguments& arguments) {
  metrics::TextMetricOptions options;
  options.bleu.tokenizer = metrics::bleu_tokenizer(arguments.tokenizer);
  options.bleu.smoothing = metrics::bleu_smoothing(arguments.smoothing);
  if (arguments.smooth_value >= 0.0) options.bleu.smooth_value = arguments.smooth_value;
  options.bleu.lowercase = arguments.lowercase;
  options.bleu.effective_order = arguments.effective_order || arguments.prints_sentences;
  options.chrf.lowercase = arguments.lowercase;
  options.ter = {arguments.ter_normalized, arguments.ter_no_punct, arguments.ter_asian_support,
                 arguments.ter_case_sensitive};
  options.rouge_stemmer = arguments.stems;
  options.exact_match.ignore_case = arguments.lowercase;
  return options;
}

/// The texts to score: references by sentence.
struct Texts {
  Lines hypotheses;
  Lines compared;
  std::vector<Lines> references;
};

Texts read_texts(const ScoreArguments& arguments) {
  Texts texts;
  texts.hypotheses = read_lines(arguments.hypotheses);
  const size_t num_lines = texts.hypotheses.size();
  texts.references.resize(num_lines);
  for (const auto& path : arguments.references) {
    const Lines lines = read_aligned(path, arguments, num_lines);
    for (size_t i = 0; i < num_lines; ++i) texts.references[i].push_back(lines[i]);
  }
  if (!arguments.compared.empty()) {
    texts.compared = read_aligned(arguments.compared, arguments, num_lines);
  }
  return texts;
}

SentenceTable table_of(const TextMetric& metric, const Lines& hypotheses,
                       const std::vector<Lines>& references) {
  std::vector<metrics::Statistics> rows(hypotheses.size());
  base::parallel_for(static_cast<int64_t>(rows.size()), kSentencesPerTask,
                     base::available_processors(), [&](int64_t begin, int64_t end) {
                       for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i)
                         rows[i] = metric.statistics(hypotheses[i], references[i]);
                     });
  SentenceTable table(metric.num_statistics());
  for (const auto& row : rows) table.add(row);
  return table;
}

metrics::CorpusScore corpus_of(const TextMetric& metric, const SentenceTable& table,
                               size_t num_references) {
  metrics::CorpusScore corpus(metric);
  for (size_t i = 0; i < table.num_sentences(); ++i) corpus.add(table.row(i), num_references);
  return corpus;
}

void add_interval(nlohmann::json& result, const metrics::BootstrapScore& score) {
  result["interval"] = {score.low, score.high};
  result["mean"] = score.mean;
  result["half_width"] = score.half_width;
}

/// What is known about the second system; p-values are null where both score the same.
nlohmann::json compare(const TextMetric& metric, const SentenceTable& table,
                       const SentenceTable& other, const ScoreArguments& arguments) {
  const double score = *corpus_of(metric, table, 1).value();
  const double other_score = *corpus_of(metric, other, 1).value();
  const bool differs = score != other_score;
  nlohmann::json result = {{"file", arguments.compared.string()},
                           {"score", other_score},
                           {"difference", score - other_score}};
  if (arguments.num_samples > 0) {
    const auto paired =
        metrics::paired_bootstrap(metric, other, table, {arguments.num_samples, arguments.seed});
    add_interval(result, paired.baseline);
    result["bootstrap_p_value"] = differs ? nlohmann::json(paired.p_value) : nlohmann::json();
  }
  if (arguments.num_trials > 0) {
    const double p_value =
        metrics::paired_randomization(metric, other, table, {arguments.num_trials, arguments.seed});
    result["randomization_p_value"] = differs ? nlohmann::json(p_value) : nlohmann::json();
  }
  return result;
}

nlohmann::json judge(const TextMetric& metric, const Texts& texts,
                     const ScoreArguments& arguments) {
  const SentenceTable table = table_of(metric, texts.hypotheses, texts.references);
  const auto corpus = corpus_of(metric, table, arguments.references.size());
  metrics::SignatureNotes notes;
  nlohmann::json result = {{"metric", metric.name()},
                           {"label", metric.label()},
                           {"score", *corpus.value()},
                           {"details", metric.details(corpus.sums())}};
  if (arguments.num_samples > 0) {
    notes.num_bootstrap_samples = arguments.num_samples;
    notes.seed = arguments.seed;
    add_interval(result,
                 metrics::bootstrap_score(metric, table, {arguments.num_samples, arguments.seed}));
  }
  result["signature"] = metrics::signature(corpus, notes);
  if (!texts.compared.empty()) {
    const SentenceTable other = table_of(metric, texts.compared, texts.references);
    result["compare"] = compare(metric, table, other, arguments);
  }
  if (arguments.prints_sentences) {
    for (size_t i = 0; i < table.num_sentences(); ++i) {
      result["sentences"].push_back(metric.score(table.row(i)));
    }
  }
  return result;
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

/// sacreBLEU's line; where a second system is given, one of it and one of the tests.
std::string text_of(const nlohmann::json& result, const ScoreArguments& arguments) {
  const std::string name = result.at("metric");
  const int digits = name.starts_with("rouge") || name == "exact_match" ? 4 : 2;
  const auto score = [digits](const nlohmann::json& of) {
    std::string text = fixed(of.at("score"), digits);
    if (!of.contains("mean")) return text;
    return base::cat(text, " (μ = ", fixed(of.at("mean"), digits), " ± ",
                     fixed(of.at("half_width"), digits), ")");
  };
  const std::string details = result.at("details");
  std::string text = base::cat(result.at("label").get<std::string>(), "|",
                               result.at("signature").get<std::string>(), " = ", score(result),
                               details.empty() ? "" : " ", details, "\n");
  if (result.contains("compare")) {
    const nlohmann::json& other = result.at("compare");
    text += base::cat("  ", arguments.compared.string(), " = ", score(other), "\n  difference ",
                      fixed(other.at("difference"), digits));
    for (const char* test : {"bootstrap", "randomization"}) {
      const std::string key = base::cat(test, "_p_value");
      if (!other.contains(key)) continue;
      text += other.at(key).is_null() ? base::cat(", ", test, ": equal")
                                      : base::cat(", ", test, " p = ", fixed(other.at(key), 4));
    }
    text += "\n";
  }
  if (result.contains("sentences")) {
    for (const auto& value : result.at("sentences")) text += fixed(value, digits) + "\n";
  }
  return text;
}

}  // namespace

int run_score(const ScoreArguments& arguments) {
  const auto options = options_of(arguments);
  std::vector<std::unique_ptr<TextMetric>> all;
  for (const std::string& name : base::split(arguments.metrics, ',')) {
    all.push_back(metrics::make_text_metric(name, options));
  }
  const Texts texts = read_texts(arguments);
  nlohmann::json results = nlohmann::json::array();
  for (const auto& metric : all) {
    results.push_back(judge(*metric, texts, arguments));
    if (!arguments.prints_json) std::cout << text_of(results.back(), arguments) << std::flush;
  }
  if (arguments.prints_json) {
    Lines references;
    for (const auto& path : arguments.references) references.push_back(path.string());
    std::cout << base::dump_json({{"hypotheses", arguments.hypotheses.string()},
                                  {"references", references},
                                  {"num_sentences", texts.hypotheses.size()},
                                  {"metrics", results}})
              << std::endl;
  }
  return static_cast<int>(ExitCode::kOk);
}

}  // namespace finetune::apps
