#include "config/fields.h"

#include <catch2/catch.hpp>

#include "sample.h"

namespace finetune::config {
namespace {

using test::fields_of;
using test::Sample;

TEST_CASE("fields are bound to the members that describe() names") {
  Sample sample;
  const Fields fields = fields_of(sample);
  const Field* loud = fields.find("is_loud");
  REQUIRE(loud != nullptr);
  CHECK(to_line(loud->write()) == "false");
  sample.is_loud = true;
  CHECK(to_line(loud->write()) == "true");
  CHECK(fields.find("quiet") == nullptr);
}

TEST_CASE("optional members can be made and unmade, others are always there") {
  Sample sample;
  const Fields fields = fields_of(sample);
  const Field& stopping = *fields.find("stopping");
  CHECK(stopping.is_optional());
  CHECK_FALSE(stopping.is_set());
  CHECK(stopping.section().find("patience") != nullptr);
  CHECK(sample.stopping.has_value());
  stopping.access.reset(stopping.member);
  CHECK_FALSE(sample.stopping.has_value());
  CHECK_FALSE(fields.find("training")->is_optional());
  CHECK(fields.find("training")->is_set());
}

TEST_CASE("all keys are listed in the order of describe(), sections before their keys") {
  std::vector<std::string> paths;
  for (const KeyPath& key : test::sample_keys()) paths.push_back(key.path);
  CHECK(paths == std::vector<std::string>{"output_dir", "is_loud", "names", "model", "model.path",
                                          "model.type", "model.config", "training",
                                          "training.batch_size", "training.batch_tokens",
                                          "training.learning_rate", "training.every",
                                          "training.mode", "stopping", "stopping.patience"});
}

TEST_CASE("a section must be given when something in it must") {
  Sample sample;
  CHECK(must_be_given(fields_of(sample)));
  CHECK(must_be_given(fields_of(sample.model)));
  CHECK_FALSE(must_be_given(fields_of(sample.training)));
}

TEST_CASE("only keys that are not there yet are added from another object") {
  int64_t first = 1;
  int64_t second = 2;
  int64_t third = 3;
  Fields fields;
  fields.add("a", first, {.doc = "First."});
  Fields other;
  other.add("a", second, {.doc = "Second."});
  other.add("b", third, {.doc = "Third."});
  fields.add_missing(other);
  REQUIRE(fields.fields().size() == 2);
  CHECK(fields.find("a")->member == &first);
  CHECK(fields.find("b")->member == &third);
}

}  // namespace
}  // namespace finetune::config
