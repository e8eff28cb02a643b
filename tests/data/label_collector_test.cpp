#include "data/label_collector.h"

#include "data/bad_row.h"
#include "data_files.h"

namespace {

using namespace finetune;

data::EncodedColumns collect(data::TargetKind kind, std::optional<data::LabelMap> known,
                             const std::vector<test::Strings>& rows) {
  data::LabelCollector labels(kind, std::move(known));
  for (const auto& row : rows) {
    labels.check(row);
    labels.add(row);
  }
  data::EncodedColumns columns;
  labels.finish(columns);
  return columns;
}

}  // namespace

TEST_CASE("Classes are learned in sorted order, whatever the order of the rows") {
  const auto columns =
      collect(data::TargetKind::kSingleLabel, {}, {{"10"}, {"2"}, {"10"}, {"-3"}, {}});
  CHECK(columns.notes.label_names == test::Strings{"-3", "2", "10"});
  CHECK(columns.class_ids == std::vector<int32_t>{2, 1, 2, 0, -1});
  CHECK(columns.num_targets == 0);
  CHECK(columns.targets.empty());
}

TEST_CASE("A known map gives the ids, and refuses other labels") {
  const data::LabelMap known({"b", "a", "never"});
  const auto columns = collect(data::TargetKind::kSingleLabel, known, {{"a"}, {"b"}});
  CHECK(columns.class_ids == std::vector<int32_t>{1, 0});
  CHECK(columns.notes.label_names == known.names());
  CHECK_THROWS_AS(collect(data::TargetKind::kSingleLabel, known, {{"c"}}), data::BadRow);
}

TEST_CASE("Multi-label rows become zeros and ones") {
  const auto columns =
      collect(data::TargetKind::kMultiLabel, {}, {{"joy", "fear"}, {}, {"anger"}, {"joy", "joy"}});
  CHECK(columns.notes.label_names == test::Strings{"anger", "fear", "joy"});
  CHECK(columns.num_targets == 3);
  CHECK(columns.targets == std::vector<float>{0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1});
  CHECK(columns.class_ids == std::vector<int32_t>(4, -1));
}

TEST_CASE("Regression keeps the numbers") {
  const auto columns = collect(data::TargetKind::kRegression, {}, {{"1.5"}, {"-2"}});
  CHECK(columns.targets == std::vector<float>{1.5F, -2.0F});
  CHECK(columns.num_targets == 1);
  CHECK(columns.notes.label_names.empty());
}
