// The metrics of generated text against sacreBLEU and rouge-score themselves: on fresh random texts
// (Python is started), and on the reference values of real systems among the shared data sets.

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/strings.h"
#include "metrics/text_cases.h"
#include "metrics/text_metrics.h"
#include "support/test_support.h"

using namespace finetune;
using nlohmann::json;
using Lines = std::vector<std::string>;

namespace {

constexpr const char* kFolder = "metrics-reference/";

Lines read_lines(const std::filesystem::path& path) {
  std::istringstream text(test::read_file(path));
  Lines lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

/// References by sentence, from one stream a reference.
std::vector<Lines> by_sentence(const std::vector<Lines>& streams) {
  std::vector<Lines> references(streams.at(0).size());
  for (const Lines& stream : streams) {
    for (size_t i = 0; i < stream.size(); ++i) references[i].push_back(stream[i]);
  }
  return references;
}

/// Checks BLEU's parts where `row` has them.
void check_parts(const json& row, const Lines& hypotheses, const std::vector<Lines>& references) {
  const auto metric = test::metric_of(row);
  metrics::CorpusScore corpus(*metric);
  for (size_t i = 0; i < hypotheses.size(); ++i) corpus.add(hypotheses[i], references[i]);
  metrics::Statistics expected = {row.at("hyp_len"), row.at("ref_len")};
  for (const char* part : {"counts", "totals"}) {
    for (const json& count : row.at(part)) expected.push_back(count.get<double>());
  }
  CHECK(corpus.sums() == expected);
}

void check_sentences(const json& rows, const Lines& hypotheses,
                     const std::vector<Lines>& references) {
  for (const json& row : rows) {
    const size_t i = row.at("line").get<size_t>() - 1;
    for (const char* name : {"bleu", "chrf", "chrf++", "ter"}) {
      INFO(name << " of line " << i + 1);
      metrics::TextMetricOptions options;
      options.bleu.effective_order = true;
      const auto metric = metrics::make_text_metric(name, options);
      const std::string key = std::string(name) == "bleu" ? "bleu_effective_order" : name;
      CHECK(metric->score(metric->statistics(hypotheses[i], references[i])) ==
            Approx(row.at(key).get<double>()).epsilon(0).margin(test::kTolerance));
    }
  }
}

void check_rows(const json& rows, const Lines& hypotheses, const std::vector<Lines>& references) {
  for (const json& row : rows) {
    test::check_corpus(row, hypotheses, references);
    const bool has_raised_counts = row.at("options").value("smooth_method", "") == "add-k";
    if (row.contains("counts") && !has_raised_counts) check_parts(row, hypotheses, references);
  }
}

/// A score of `row` within `tolerance` of `expected`.
void check_score(const json& row, const std::pair<Lines, std::vector<Lines>>& texts,
                 double expected, double tolerance) {
  INFO(row.dump() << " of " << json(texts.first).dump());
  const auto metric = test::metric_of(row);
  metrics::CorpusScore corpus(*metric);
  for (size_t i = 0; i < texts.first.size(); ++i) corpus.add(texts.first[i], texts.second[i]);
  CHECK(corpus.value().value() == Approx(expected).epsilon(0).margin(tolerance));
}

}  // namespace

TEST_CASE("fresh random texts of all scripts score as sacreBLEU, rouge-score and NLTK score them") {
  const auto python = test::python();
  if (!python) return;
  const std::string script =
      test::shell_quote(test::fixture("metrics/fixtures/make_text_metrics.py").string());
  for (const char* seed : {"2"}) {
    INFO("seed " << seed);
    const auto result =
        test::run_shell(test::shell_quote(python->string()) + " " + script + " " + seed);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    const json everything = json::parse(result.out);
    test::check_unicode(everything);
    test::check_bleu_tokenizers(everything);
    test::check_tercom(everything);
    test::check_stems(everything);
    test::check_numpy(everything);
    for (const char* name : {"bleu", "chrf", "ter", "rouge"}) test::check_scores(everything, name);
    test::check_significance(everything);
  }
}

TEST_CASE("two systems of WMT17 score as sacreBLEU scores them, corpus and every line") {
  const auto path = test::shared_data(std::string(kFolder) + "wmt17/expected.json");
  if (!path) return;
  const json expected = json::parse(test::read_file(*path));
  const auto references = by_sentence({read_lines(path->parent_path() / "reference.de")});
  CHECK(expected.size() == 2);
  for (const auto& [name, rows] : expected.items()) {
    INFO(name);
    const Lines hypotheses = read_lines(path->parent_path() / (name + ".txt"));
    REQUIRE(hypotheses.size() == 500);
    check_rows(rows.at("corpus"), hypotheses, references);
    check_sentences(rows.at("sentences"), hypotheses, references);
  }
}

TEST_CASE("Chinese with one and two references scores as sacreBLEU scores it") {
  const auto path = test::shared_data(std::string(kFolder) + "zh/expected.json");
  if (!path) return;
  const json expected = json::parse(test::read_file(*path));
  const auto folder = path->parent_path();
  const Lines hypotheses = read_lines(folder / "hyp.txt");
  const Lines first = read_lines(folder / "ref1.txt"), second = read_lines(folder / "ref2.txt");
  check_rows(expected.at("one_reference"), hypotheses, by_sentence({first}));
  check_rows(expected.at("two_references"), hypotheses, by_sentence({first, second}));
  check_sentences(expected.at("sentences_two_references"), hypotheses,
                  by_sentence({first, second}));
}

TEST_CASE("lines of many languages are cut as sacreBLEU's tokenizers cut them") {
  const auto path = test::shared_data(std::string(kFolder) + "bleu-tokenizers.json");
  if (!path) return;
  const json rows = json::parse(test::read_file(*path));
  CHECK(rows.size() > 200);
  for (const json& row : rows) {
    const std::u32string text = base::decode_utf8(row.at("text").get<std::string>());
    const auto expected = [&](const char* key) {
      return test::utf8_words(base::decode_utf8(row.at(key).get<std::string>()));
    };
    for (const char* name : {"13a", "intl", "zh", "char"}) {
      INFO(name << " of " << row.at("text").dump());
      CHECK(test::utf8_words(metrics::bleu_tokenize(metrics::bleu_tokenizer(name), text)) ==
            expected(name));
    }
    INFO("Tercom of " << row.at("text").dump());
    metrics::TerOptions options;
    options.normalized = true;
    options.case_sensitive = true;
    CHECK(test::utf8_words(metrics::tercom_normalize(text, options)) == expected("ter_normalized"));
  }
}

TEST_CASE("sacreBLEU's own test cases give its expected scores") {
  const auto path = test::shared_data(std::string(kFolder) + "sacrebleu-tests.json");
  if (!path) return;
  const json tests = json::parse(test::read_file(*path));
  for (const json& row : tests.at("test_bleu").at("test_corpus_bleu_cases")) {
    check_score({{"metric", "bleu"}, {"options", row[2]}}, {row[0], by_sentence(row[1])},
                row[3].get<double>(), 1e-6);
  }
  const json& sentence = tests.at("test_sentence_bleu");
  for (const json& row : sentence.at("test_cases")) {
    const json options = {{"smooth_method", row[0]},
                          {"smooth_value", row[1]},
                          {"lowercase", row[2]},
                          {"tokenize", row[3]},
                          {"effective_order", true}};
    check_score({{"metric", "bleu"}, {"options", options}},
                {{sentence.at("SYS")}, {{sentence.at("REF")}}}, row[4].get<double>(), 1e-3);
  }
  const json& chrf = tests.at("test_chrf");
  const auto check_chrf = [&](const char* cases, const json& options) {
    for (const json& row : chrf.at(cases)) {
      check_score({{"metric", "chrf"}, {"options", options}}, {row[0], by_sentence({row[1]})},
                  row[2].get<double>(), 1e-4);
    }
  };
  check_chrf("test_cases", {{"eps_smoothing", true}, {"beta", 3}});
  check_chrf("test_cases_effective_order", {{"beta", 3}});
  check_chrf("test_cases_keep_whitespace", {{"whitespace", true}, {"beta", 3}});
  for (const json& row : tests.at("test_ter").at("test_cases")) {
    check_score({{"metric", "ter"}, {"options", json::object()}}, {row[0], by_sentence({row[1]})},
                100.0 * row[2].get<double>(), 0.1);
  }
}

TEST_CASE("worked examples of Hugging Face evaluate give the values of its documentation") {
  const auto path = test::shared_data(std::string(kFolder) + "evaluate-examples.json");
  if (!path) return;
  int num_checked = 0;
  const json rows = json::parse(test::read_file(*path));
  for (const json& row : rows) {
    const json& inputs = row.at("inputs");
    const std::string name = row.at("metric");
    const bool is_number = row.contains("expected_is") && row.at("expected").is_number();
    if (inputs.contains("regexes_to_ignore")) continue;  // no option of ours
    if (name == "exact_match" || (name == "sacrebleu" && is_number) || name == "chrf" ||
        name == "ter") {
      const Lines hypotheses = inputs.at("predictions");
      std::vector<Lines> references;
      for (const json& own : inputs.at("references")) {
        references.push_back(own.is_array() ? own.get<Lines>() : Lines{own.get<std::string>()});
      }
      json options = inputs;
      options["no_punct"] = inputs.value("ignore_punct", false);
      const double score = is_number ? row.at("expected").get<double>()
                                     : row.at("expected").at("score").get<double>();
      const double tolerance =
          is_number
              ? 0.51 * std::pow(10.0, -row.at("expected_is").at("rounded_to_decimals").get<int>())
              : test::kTolerance;
      check_score({{"metric", name == "sacrebleu" ? "bleu" : name}, {"options", options}},
                  {hypotheses, references}, score, tolerance);
      ++num_checked;
    }
  }
  CHECK(num_checked >= 12);
}

TEST_CASE("ROUGE of a thousand texts is what T5 expects") {
  const auto path =
      test::shared_data(std::string(kFolder) + "rouge-t5/expected_bootstrap_results.json");
  if (!path) return;
  const Lines predictions = read_lines(path->parent_path() / "prediction_large.txt");
  const Lines targets = read_lines(path->parent_path() / "target_large.txt");
  const auto prepared = [](std::string text) {  // as T5 does it for rougeLsum
    for (size_t at = text.find(" . "); at != std::string::npos; at = text.find(" . ", at + 3)) {
      text.replace(at, 3, " .\n");
    }
    return text;
  };
  const json all_expected = json::parse(test::read_file(*path));
  for (const auto& [name, expected] : all_expected.items()) {
    INFO(name);
    const auto metric = metrics::make_text_metric(name);
    metrics::CorpusScore corpus(*metric);
    for (size_t i = 0; i < targets.size(); ++i) {
      corpus.add(prepared(predictions[i]), Lines{prepared(targets[i])});
    }
    CHECK(100.0 * corpus.value().value() == Approx(expected.get<double>()).margin(0.5));
  }
}
