#include "decode/sampling.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace finetune;

TEST_CASE("a draw walks through the probabilities in order") {
  const float none = -std::numeric_limits<float>::infinity();
  const std::vector<float> scores = {none, std::log(1.0F), std::log(2.0F), none, std::log(1.0F)};
  CHECK(decode::draw(scores, 0.0) == 1);
  CHECK(decode::draw(scores, 0.2499) == 1);
  CHECK(decode::draw(scores, 0.2501) == 2);
  CHECK(decode::draw(scores, 0.7499) == 2);
  CHECK(decode::draw(scores, 0.7501) == 4);
  CHECK(decode::draw(scores, std::nextafter(1.0, 0.0)) == 4);
  CHECK_FALSE(decode::draw(std::vector<float>{none, none}, 0.5).has_value());
}

TEST_CASE("of equal scores the first is the largest") {
  CHECK(decode::argmax(std::vector<float>{1.0F, 3.0F, 3.0F, 2.0F}) == 1);
}

TEST_CASE("Gumbel variates have the mean and the variance of their distribution") {
  const std::vector<float> noise = decode::gumbel_noise(3, 1, 4, 100000);
  double sum = 0.0;
  double squares = 0.0;
  for (const float value : noise) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const double mean = sum / 100000;
  CHECK(mean == Approx(0.5772).margin(0.02));
  CHECK(squares / 100000 - mean * mean == Approx(M_PI * M_PI / 6).margin(0.05));
  CHECK(decode::gumbel_noise(3, 1, 5, 1) != decode::gumbel_noise(3, 1, 4, 1));
}

TEST_CASE("uniform numbers differ by seed, stream, continuation and step") {
  const double number = decode::uniform_number(1, 2, 3, 4);
  CHECK(number == decode::uniform_number(1, 2, 3, 4));
  CHECK(number != decode::uniform_number(2, 2, 3, 4));
  CHECK(number != decode::uniform_number(1, 3, 3, 4));
  CHECK(number != decode::uniform_number(1, 2, 4, 4));
  CHECK(number != decode::uniform_number(1, 2, 3, 5));
}
