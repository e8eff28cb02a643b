#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/value_type.h"

namespace finetune::config {

class Fields;

/// How to reach a member that may be std::optional, without its type.
struct MemberAccess {
  void* (*emplace)(void* member) = nullptr;          ///< its value, made first where absent
  const void* (*get)(const void* member) = nullptr;  ///< its value, nullptr where absent
  void (*reset)(void* member) = nullptr;             ///< makes it absent; nullptr: always there
};

/// One key of a section: a value, or a section itself.
struct Field {
  std::string key;
  Rule rule;
  const ValueType* type = nullptr;                    ///< of a value
  Fields (*describe_section)(void* value) = nullptr;  ///< of a section
  void* member = nullptr;
  MemberAccess access;

  bool is_section() const { return describe_section != nullptr; }
  bool is_optional() const { return access.reset != nullptr; }
  bool is_set() const { return access.get(member) != nullptr; }

  /// The keys of a section; an absent one is made first.
  Fields section() const;
  JsonValue write() const { return type->write(access.get(member)); }
};

/// Keys that constrain each other.
struct Group {
  enum class Kind { kAtMostOne, kExactlyOne, kTogether };
  Kind kind;
  std::vector<std::string> keys;
};

/// What describe() fills: the keys of one object, bound to its members. Reader, writer, JSON Schema
/// and documentation all work from it.
///
///   void Training::describe(Fields& fields) {
///     fields.add("batch_size", batch_size, {.doc = "Examples in a batch.", .at_least = 1});
///   }
class Fields {
 public:
  template <class T>
  void add(std::string key, T& member, Rule rule) {
    fields_.push_back({std::move(key), std::move(rule), &type_of<ValueOf<T>>(), nullptr, &member,
                       access_of<T>()});
  }

  /// A section: an object with describe(Fields&), or a std::optional of one, where absent means
  /// off.
  template <class T>
  void add_section(std::string key, T& member, std::string doc) {
    const auto describe = [](void* value) {
      Fields fields;
      static_cast<ValueOf<T>*>(value)->describe(fields);
      return fields;
    };
    fields_.push_back(
        {std::move(key), Rule{.doc = std::move(doc)}, nullptr, describe, &member, access_of<T>()});
  }

  /// The first of the keys is the usual one: its default is not written where another is set.
  void at_most_one_of(std::vector<std::string> keys) {
    groups_.push_back({Group::Kind::kAtMostOne, std::move(keys)});
  }
  void exactly_one_of(std::vector<std::string> keys) {
    groups_.push_back({Group::Kind::kExactlyOne, std::move(keys)});
  }
  void only_together(std::vector<std::string> keys) {
    groups_.push_back({Group::Kind::kTogether, std::move(keys)});
  }

  /// The keys of `other` that are not here yet.
  void add_missing(const Fields& other);

  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<Group>& groups() const { return groups_; }
  const Field* find(std::string_view key) const;

 private:
  template <class T>
  struct Unwrapped {
    using Type = T;
    static constexpr bool kIsOptional = false;
  };
  template <class T>
  struct Unwrapped<std::optional<T>> {
    using Type = T;
    static constexpr bool kIsOptional = true;
  };
  template <class T>
  using ValueOf = typename Unwrapped<T>::Type;

  template <class T>
  static MemberAccess access_of() {
    if constexpr (Unwrapped<T>::kIsOptional) {
      return {[](void* member) -> void* {
                auto& optional = *static_cast<T*>(member);
                return optional ? &*optional : &optional.emplace();
              },
              [](const void* member) -> const void* {
                const auto& optional = *static_cast<const T*>(member);
                return optional ? &*optional : nullptr;
              },
              [](void* member) { static_cast<T*>(member)->reset(); }};
    } else {
      return {[](void* member) { return member; }, [](const void* member) { return member; },
              nullptr};
    }
  }

  std::vector<Field> fields_;
  std::vector<Group> groups_;
};

/// One key of the whole tree and where it stands.
struct KeyPath {
  std::string path;     ///< "training.batch_size"
  std::string section;  ///< "training"; empty at the top
  Field field;
};

/// Every key below `root`, sections before their keys, in the order of describe(). Absent sections
/// are made: pass the fields of an object that serves nothing else.
std::vector<KeyPath> all_keys(const Fields& root);

/// True when a file without this section would lack a key that it must have.
bool must_be_given(const Fields& section);

}  // namespace finetune::config
