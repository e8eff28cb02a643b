#include "metrics/text_cases.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "metrics/numpy_random.h"
#include "metrics/porter_stemmer.h"
#include "metrics/significance.h"
#include "metrics/unicode.h"
#include "support/test_support.h"

namespace finetune::test {

using nlohmann::json;
using Lines = std::vector<std::string>;

namespace {

metrics::BleuOptions bleu_options(const json& given) {
  metrics::BleuOptions options;
  options.lowercase = given.value("lowercase", false);
  options.effective_order = given.value("effective_order", false);
  options.max_order = given.value("max_ngram_order", 4);
  options.tokenizer = metrics::bleu_tokenizer(given.value("tokenize", "13a"));
  options.smoothing = metrics::bleu_smoothing(given.value("smooth_method", "exp"));
  if (given.contains("smooth_value") && !given.at("smooth_value").is_null()) {
    options.smooth_value = given.at("smooth_value").get<double>();
  }
  return options;
}

metrics::ChrfOptions chrf_options(const json& given) {
  metrics::ChrfOptions options;
  options.char_order = given.value("char_order", 6);
  options.word_order = given.value("word_order", 0);
  options.beta = given.value("beta", 2);
  options.lowercase = given.value("lowercase", false);
  options.whitespace = given.value("whitespace", false);
  options.eps_smoothing = given.value("eps_smoothing", false);
  return options;
}

metrics::TerOptions ter_options(const json& given) {
  metrics::TerOptions options;
  options.normalized = given.value("normalized", false);
  options.no_punct = given.value("no_punct", false);
  options.asian_support = given.value("asian_support", false);
  options.case_sensitive = given.value("case_sensitive", false);
  return options;
}

metrics::SentenceTable table_of(const metrics::TextMetric& metric, const Lines& hypotheses,
                                const std::vector<Lines>& references) {
  metrics::SentenceTable table(metric.num_statistics());
  for (size_t i = 0; i < hypotheses.size(); ++i) {
    table.add(metric.statistics(hypotheses[i], references[i]));
  }
  return table;
}

void check_estimate(const metrics::BootstrapScore& found, const json& expected) {
  CHECK(found.mean == Approx(expected.at("mean").get<double>()).epsilon(0).margin(kTolerance));
  CHECK(found.half_width ==
        Approx(expected.at("half_width").get<double>()).epsilon(0).margin(kTolerance));
  CHECK(found.low <= found.high);
}

}  // namespace

const json& text_fixture() {
  static const json fixture =
      json::parse(read_file(test::fixture("metrics/fixtures/text_metrics.json")));
  return fixture;
}

std::unique_ptr<metrics::TextMetric> metric_of(const json& row) {
  const std::string name = row.at("metric");
  const json& given = row.at("options");
  metrics::TextMetricOptions options;
  options.bleu = bleu_options(given);
  options.chrf = chrf_options(given);
  options.ter = ter_options(given);
  options.rouge_stemmer = given.value("use_stemmer", false);
  options.exact_match = {given.value("ignore_case", false),
                         given.value("ignore_punctuation", false),
                         given.value("ignore_numbers", false)};
  return metrics::make_text_metric(name, options);
}

void check_corpus(const json& row, const Lines& hypotheses, const std::vector<Lines>& references) {
  INFO(row.at("metric").get<std::string>() << " " << row.at("options").dump());
  const auto metric = metric_of(row);
  metrics::CorpusScore first(*metric), second(*metric);
  for (size_t i = 0; i < hypotheses.size(); ++i) {
    const auto statistics = metric->statistics(hypotheses[i], references[i]);
    (i % 3 == 0 ? first : second).add(statistics, references[i].size());
    if (!row.contains("sentences")) continue;
    INFO("hypothesis " << json(hypotheses[i]).dump() << "\nreferences "
                       << json(references[i]).dump());
    CHECK(metric->score(statistics) ==
          Approx(row.at("sentences")[i].get<double>()).epsilon(0).margin(kTolerance));
    if (row.contains("recalls")) {
      CHECK(statistics[0] ==
            Approx(row.at("precisions")[i].get<double>()).epsilon(0).margin(kTolerance));
      CHECK(statistics[1] ==
            Approx(row.at("recalls")[i].get<double>()).epsilon(0).margin(kTolerance));
    }
  }
  first.merge(second);
  CHECK(first.value().value() ==
        Approx(row.at("score").get<double>()).epsilon(0).margin(kTolerance));
  if (row.contains("signature")) {
    CHECK(metrics::signature(first) == row.at("signature").get<std::string>());
  }
  if (row.contains("line")) {
    const std::string line = row.at("line");
    CHECK(line.starts_with(metric->label() + "|" + metrics::signature(first) + " = "));
    CHECK(line.ends_with(metric->details(first.sums())));
    CHECK(metric->details(first.sums()).empty() == (row.at("metric") != "bleu"));
  }
}

void check_scores(const json& everything, const std::string& name) {
  int num_rows = 0;
  for (const json& corpus : everything.at("scores")) {
    for (const json& row : corpus.at("metrics")) {
      if (!row.at("metric").get<std::string>().starts_with(name)) continue;
      check_corpus(row, corpus.at("hypotheses"), corpus.at("references"));
      ++num_rows;
    }
  }
  CHECK(num_rows > 10);
}

std::string utf8(std::u32string_view text) {
  std::string bytes;
  for (const char32_t c : text) {
    const auto tail = [&](int shift) {
      bytes.push_back(static_cast<char>(0x80 | ((c >> shift) & 0x3F)));
    };
    if (c < 0x80) {
      bytes.push_back(static_cast<char>(c));
    } else if (c < 0x800) {
      bytes.push_back(static_cast<char>(0xC0 | (c >> 6)));
      tail(0);
    } else if (c < 0x10000) {
      bytes.push_back(static_cast<char>(0xE0 | (c >> 12)));
      tail(6);
      tail(0);
    } else {
      bytes.push_back(static_cast<char>(0xF0 | (c >> 18)));
      tail(12);
      tail(6);
      tail(0);
    }
  }
  return bytes;
}

Lines utf8_words(const std::u32string& line) {
  Lines words;
  for (const std::u32string_view word : metrics::split_words(line)) words.push_back(utf8(word));
  return words;
}

void check_bleu_tokenizers(const json& everything) {
  for (const json& row : everything.at("tokenizers")) {
    const std::u32string text = base::decode_utf8(row.at("text").get<std::string>());
    for (const auto& [name, words] : row.at("bleu").items()) {
      INFO(name << " of " << row.at("text").dump());
      const auto found = metrics::bleu_tokenize(metrics::bleu_tokenizer(name), text);
      CHECK(utf8_words(found) == words.get<Lines>());
    }
  }
}

void check_tercom(const json& everything) {
  for (const json& row : everything.at("tokenizers")) {
    const std::u32string text = base::decode_utf8(row.at("text").get<std::string>());
    for (const json& expected : row.at("tercom")) {
      INFO(expected.at("options").dump() << " of " << row.at("text").dump());
      const auto found = metrics::tercom_normalize(text, ter_options(expected.at("options")));
      CHECK(base::join(utf8_words(found), " ") == expected.at("text").get<std::string>());
    }
  }
}

void check_unicode(const json& everything) {
  for (const json& row : everything.at("tokenizers")) {
    INFO(row.at("text").dump());
    const std::u32string text = base::decode_utf8(row.at("text").get<std::string>());
    CHECK(utf8(metrics::to_lower(text)) == row.at("lower").get<std::string>());
    CHECK(utf8(metrics::strip_end(text)) == row.at("stripped").get<std::string>());
    CHECK(utf8_words(text) == row.at("words").get<Lines>());
  }
}

void check_stems(const json& everything) {
  for (const auto& [word, stem] : everything.at("stems").items()) {
    INFO(word);
    CHECK(metrics::porter_stem(word) == stem.get<std::string>());
  }
}

void check_numpy(const json& everything) {
  for (const json& row : everything.at("numpy")) {
    INFO("seed " << row.at("seed").dump());
    metrics::NumpyRandom random(row.at("seed").get<uint64_t>());
    for (const json& bits : row.at("bits64")) {
      CHECK(std::to_string(random.bits64()) == bits.get<std::string>());
    }
    const auto check_below = [&](uint64_t bound) {
      for (const json& value : row.at("below_" + std::to_string(bound))) {
        CHECK(random.below(bound) == value.get<uint64_t>());
      }
    };
    for (const uint64_t bound : {1u, 2u, 3u, 500u, 3000u, 2147483649u}) check_below(bound);
    check_below(uint64_t{1} << 32);
    metrics::NumpyBools bools(random);
    for (const json& value : row.at("bools")) CHECK(bools.next() == value.get<bool>());
    check_below(10);
  }
}

void check_significance(const json& everything) {
  for (const json& corpus : everything.at("significance")) {
    const std::vector<Lines> references = corpus.at("references");
    for (const json& row : corpus.at("tests")) {
      INFO(row.at("metric").get<std::string>() << " " << row.at("options").dump());
      const auto metric = metric_of(row);
      const auto baseline = table_of(*metric, corpus.at("baseline"), references);
      const auto system = table_of(*metric, corpus.at("system"), references);

      const json& bootstrap = row.at("bs");
      const metrics::ResampleOptions samples{bootstrap.at("num_samples")};
      const auto paired = metrics::paired_bootstrap(*metric, baseline, system, samples);
      CHECK(paired.p_value == bootstrap.at("system").at("p_value").get<double>());
      check_estimate(paired.baseline, bootstrap.at("baseline"));
      check_estimate(paired.system, bootstrap.at("system"));

      const json& randomization = row.at("ar");
      const metrics::ResampleOptions trials{randomization.at("num_samples")};
      CHECK(metrics::paired_randomization(*metric, baseline, system, trials) ==
            randomization.at("system").at("p_value").get<double>());

      check_estimate(metrics::bootstrap_score(*metric, system, samples), row.at("interval"));
      metrics::CorpusScore score(*metric);
      score.add(system.row(0), references[0].size());
      metrics::SignatureNotes notes;
      notes.seed = samples.seed;
      notes.num_bootstrap_samples = samples.num_samples;
      CHECK(metrics::signature(score, notes) == bootstrap.at("signature").get<std::string>());
      notes.num_bootstrap_samples = std::nullopt;
      notes.num_randomization_trials = trials.num_samples;
      CHECK(metrics::signature(score, notes) == randomization.at("signature").get<std::string>());
    }
  }
}

}  // namespace finetune::test
