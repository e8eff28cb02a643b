#include "text/unigram_lattice.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "piece_text.h"

namespace finetune::text {
namespace {

/// "abc" has four segmentations: a b c (-6), ab c (-5), a bc (-4.5), abc (-7).
Unigram make_model() {
  return Unigram({{{"<unk>", 0}, {"a", 1}, {"b", 2}, {"c", 3}, {"ab", 4}, {"bc", 5}, {"abc", 6}},
                  {0.0, -1.0, -2.0, -3.0, -2.0, -3.5, -7.0}},
                 0, false);
}

const std::map<std::string, double> kScores = {
    {"1:0-1 2:1-2 3:2-3", -6.0}, {"4:0-2 3:2-3", -5.0}, {"1:0-1 5:1-3", -4.5}, {"6:0-3", -7.0}};

template <class Draw>
std::map<std::string, double> frequencies(double alpha, int32_t nbest, const Draw& draw) {
  constexpr int kDraws = 20000;
  const Unigram model = make_model();
  const UnigramLattice lattice(model, "abc");
  SubwordSampler sampler({alpha, nbest}, base::RandomStream(3, base::StreamPurpose::kDropout));
  std::map<std::string, double> found;
  for (int i = 0; i < kDraws; ++i) {
    std::vector<Piece> reversed = draw(lattice, sampler);
    found[spell({reversed.rbegin(), reversed.rend()})] += 1.0 / kDraws;
  }
  return found;
}

}  // namespace

TEST_CASE("the n best segmentations come in the order of their scores") {
  const Unigram model = make_model();
  const auto best = UnigramLattice(model, "abc").best(3);
  REQUIRE(best.size() == 3);
  CHECK(best[0].score == -4.5);
  CHECK(best[1].score == -5.0);
  CHECK(best[2].score == -6.0);
  CHECK(best[0].reversed.front().id == 5);
  CHECK(UnigramLattice(model, "abc").best(100).size() == kScores.size());
}

TEST_CASE("samples come with the frequencies of the model's probabilities") {
  for (const double alpha : {0.3, 1.0}) {
    const auto found = frequencies(alpha, -1, [](const UnigramLattice& lattice, SubwordSampler& s) {
      return lattice.sample(s);
    });
    double total = 0.0;
    for (const auto& [name, score] : kScores) total += std::exp(alpha * score);
    for (const auto& [name, score] : kScores) {
      // Four standard deviations of 20,000 draws at most.
      CHECK(found.at(name) == Approx(std::exp(alpha * score) / total).margin(0.015));
    }
  }
}

TEST_CASE("samples of the n best leave the others out") {
  const auto found = frequencies(1.0, 2, [](const UnigramLattice& lattice, SubwordSampler& s) {
    return lattice.sample_of_best(s);
  });
  CHECK(found.size() == 2);
  const double total = std::exp(-4.5) + std::exp(-5.0);
  CHECK(found.at("1:0-1 5:1-3") == Approx(std::exp(-4.5) / total).margin(0.015));
}

TEST_CASE("a long text with countless segmentations ends in bounded time") {
  const Unigram model = make_model();
  std::string text;
  for (int i = 0; i < 60; ++i) text += "abc";
  CHECK(UnigramLattice(model, text).best(64).size() == 64);
}

}  // namespace finetune::text
