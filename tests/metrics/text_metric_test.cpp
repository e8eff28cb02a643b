#include "metrics/text_metric.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "metrics/bleu.h"
#include "metrics/chrf.h"

using namespace finetune::metrics;
using Lines = std::vector<std::string>;

TEST_CASE("a corpus' score does not depend on how the corpus is cut") {
  const Bleu bleu;
  const std::vector<std::pair<std::string, Lines>> sentences = {
      {"the cat sat on the mat", {"the cat sat on a mat"}},
      {"it was a dog", {"it was the dog then"}},
      {"", {"nothing"}},
      {"a b c d e", {"a b c d e"}}};
  CorpusScore whole(bleu), begin(bleu), end(bleu);
  for (size_t i = 0; i < sentences.size(); ++i) {
    whole.add(sentences[i].first, sentences[i].second);
    (i < 1 ? begin : end).add(sentences[i].first, sentences[i].second);
  }
  begin.merge(end);
  CHECK(begin.sums() == whole.sums());
  CHECK(begin.value() == whole.value());
  CHECK(begin.num_sentences() == 4);
  CHECK(whole.values() == Values{{"bleu", whole.value()}});
}

TEST_CASE("a corpus without a sentence has no score") {
  const Bleu bleu;
  const CorpusScore none(bleu);
  CHECK_FALSE(none.value());
  CorpusScore other(bleu);
  other.add("a", Lines{"a"});
  other.merge(none);
  CHECK(other.num_sentences() == 1);
  CHECK(other.num_references() == 1);
}

TEST_CASE("signatures name the number of references, or that it varies, and the resampling") {
  const Bleu bleu;
  CorpusScore score(bleu);
  score.add("a b", Lines{"a b", "c"});
  CHECK(signature(score) == "nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0");
  SignatureNotes notes;
  notes.num_bootstrap_samples = 10;
  notes.seed = 12345;
  CHECK(signature(score, notes).starts_with("nrefs:2|bs:10|seed:12345|case:mixed|"));
  score.add("a b", Lines{"a b"});
  CHECK_FALSE(score.num_references());
  CHECK(signature(score).starts_with("nrefs:var|"));
}

TEST_CASE("statistics of different metrics do not mix, and a reference is needed") {
  const Bleu bleu;
  const Chrf chrf;
  CorpusScore score(bleu), other(chrf);
  other.add("a", Lines{"a"});
  CHECK_THROWS_AS(score.merge(other), finetune::InternalError);
  CHECK_THROWS_AS(bleu.statistics("a", Lines{}), finetune::InternalError);
  CHECK_THROWS_AS(chrf.statistics("a", Lines{}), finetune::InternalError);
}
