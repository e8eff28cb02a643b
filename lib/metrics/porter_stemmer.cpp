#include "metrics/porter_stemmer.h"

#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace finetune::metrics {
namespace {

/// For every letter whether it is a consonant; y is one unless it follows one.
std::vector<bool> consonants(std::string_view word) {
  std::vector<bool> flags;
  for (const char c : word) {
    const bool is_vowel = std::string_view("aeiou").find(c) != std::string_view::npos;
    const bool follows_consonant = !flags.empty() && flags.back();
    flags.push_back(!is_vowel && !(c == 'y' && follows_consonant));
  }
  return flags;
}

/// m of [C](VC){m}[V]: how often a consonant follows a vowel.
int measure(std::string_view stem) {
  const std::vector<bool> flags = consonants(stem);
  int count = 0;
  for (size_t i = 1; i < flags.size(); ++i) count += !flags[i - 1] && flags[i];
  return count;
}

bool has_positive_measure(std::string_view stem) { return measure(stem) > 0; }
bool has_measure_above_one(std::string_view stem) { return measure(stem) > 1; }

bool contains_vowel(std::string_view stem) {
  for (const bool is_consonant : consonants(stem)) {
    if (!is_consonant) return true;
  }
  return false;
}

bool ends_in_consonant(std::string_view word) { return !word.empty() && consonants(word).back(); }

bool ends_in_double_consonant(std::string_view word) {
  return word.size() >= 2 && word.back() == word[word.size() - 2] && ends_in_consonant(word);
}

/// Consonant, vowel, consonant other than w, x, y; or just a vowel and a consonant.
bool ends_in_short_syllable(std::string_view word) {
  const std::vector<bool> flags = consonants(word);
  const size_t size = word.size();
  if (size == 2) return !flags[0] && flags[1];
  return size > 2 && flags[size - 3] && !flags[size - 2] && flags[size - 1] &&
         std::string_view("wxy").find(word.back()) == std::string_view::npos;
}

/// `ending` becomes `replacement` where the stem before it meets the condition (if there is one).
struct Rule {
  std::string_view ending;
  std::string_view replacement;
  bool (*condition)(std::string_view stem) = nullptr;
};

/// The first rule whose ending fits decides, even where its condition fails.
std::string apply_first(std::string word, std::span<const Rule> rules) {
  for (const Rule& rule : rules) {
    if (!word.ends_with(rule.ending)) continue;
    const std::string_view stem(word.data(), word.size() - rule.ending.size());
    if (rule.condition != nullptr && !rule.condition(stem)) return word;
    return std::string(stem).append(rule.replacement);
  }
  return word;
}

std::string step_1a(std::string word) {
  if (word.size() == 4 && word.ends_with("ies")) return word.substr(0, 3);
  static constexpr Rule kRules[] = {{"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}};
  return apply_first(std::move(word), kRules);
}

/// What is mended after "ed" or "ing" was taken away.
std::string mend_1b(std::string stem) {
  static constexpr Rule kRules[] = {{"at", "ate"}, {"bl", "ble"}, {"iz", "ize"}};
  for (const Rule& rule : kRules) {
    if (stem.ends_with(rule.ending)) return apply_first(std::move(stem), kRules);
  }
  if (ends_in_double_consonant(stem)) {
    const bool stays = std::string_view("lsz").find(stem.back()) != std::string_view::npos;
    return stays ? stem : stem.substr(0, stem.size() - 1);
  }
  return measure(stem) == 1 && ends_in_short_syllable(stem) ? stem + "e" : stem;
}

std::string step_1b(std::string word) {
  if (word.ends_with("ied")) return word.substr(0, word.size() - (word.size() == 4 ? 1 : 2));
  static constexpr Rule kEed[] = {{"eed", "ee", has_positive_measure}};
  if (word.ends_with("eed")) return apply_first(std::move(word), kEed);
  for (const std::string_view ending : {"ed", "ing"}) {
    if (!word.ends_with(ending)) continue;
    const std::string stem = word.substr(0, word.size() - ending.size());
    if (contains_vowel(stem)) return mend_1b(stem);
  }
  return word;
}

std::string step_1c(std::string word) {
  static constexpr Rule kRules[] = {
      {"y", "i", [](std::string_view stem) { return stem.size() > 1 && ends_in_consonant(stem); }}};
  return apply_first(std::move(word), kRules);
}

std::string step_2(std::string word) {
  static constexpr Rule kAlli[] = {{"alli", "al", has_positive_measure}};
  std::string shorter = apply_first(word, kAlli);
  if (shorter != word) return step_2(std::move(shorter));
  static constexpr Rule kRules[] = {
      {"ational", "ate", has_positive_measure},
      {"tional", "tion", has_positive_measure},
      {"enci", "ence", has_positive_measure},
      {"anci", "ance", has_positive_measure},
      {"izer", "ize", has_positive_measure},
      {"bli", "ble", has_positive_measure},
      {"alli", "al", has_positive_measure},
      {"entli", "ent", has_positive_measure},
      {"eli", "e", has_positive_measure},
      {"ousli", "ous", has_positive_measure},
      {"ization", "ize", has_positive_measure},
      {"ation", "ate", has_positive_measure},
      {"ator", "ate", has_positive_measure},
      {"alism", "al", has_positive_measure},
      {"iveness", "ive", has_positive_measure},
      {"fulness", "ful", has_positive_measure},
      {"ousness", "ous", has_positive_measure},
      {"aliti", "al", has_positive_measure},
      {"iviti", "ive", has_positive_measure},
      {"biliti", "ble", has_positive_measure},
      {"fulli", "ful", has_positive_measure},
      {"logi", "log",
       [](std::string_view stem) { return has_positive_measure(std::string(stem) + "l"); }},
  };
  return apply_first(std::move(word), kRules);
}

std::string step_3(std::string word) {
  static constexpr Rule kRules[] = {
      {"icate", "ic", has_positive_measure}, {"ative", "", has_positive_measure},
      {"alize", "al", has_positive_measure}, {"iciti", "ic", has_positive_measure},
      {"ical", "ic", has_positive_measure},  {"ful", "", has_positive_measure},
      {"ness", "", has_positive_measure},
  };
  return apply_first(std::move(word), kRules);
}

std::string step_4(std::string word) {
  static constexpr auto kIonCondition = [](std::string_view stem) {
    return has_measure_above_one(stem) && (stem.back() == 's' || stem.back() == 't');
  };
  static constexpr Rule kRules[] = {
      {"al", "", has_measure_above_one},    {"ance", "", has_measure_above_one},
      {"ence", "", has_measure_above_one},  {"er", "", has_measure_above_one},
      {"ic", "", has_measure_above_one},    {"able", "", has_measure_above_one},
      {"ible", "", has_measure_above_one},  {"ant", "", has_measure_above_one},
      {"ement", "", has_measure_above_one}, {"ment", "", has_measure_above_one},
      {"ent", "", has_measure_above_one},   {"ion", "", kIonCondition},
      {"ou", "", has_measure_above_one},    {"ism", "", has_measure_above_one},
      {"ate", "", has_measure_above_one},   {"iti", "", has_measure_above_one},
      {"ous", "", has_measure_above_one},   {"ive", "", has_measure_above_one},
      {"ize", "", has_measure_above_one},
  };
  return apply_first(std::move(word), kRules);
}

std::string step_5(std::string word) {
  if (word.ends_with('e')) {
    const std::string stem = word.substr(0, word.size() - 1);
    const int size = measure(stem);
    if (size > 1 || (size == 1 && !ends_in_short_syllable(stem))) word = stem;
  }
  if (word.ends_with("ll") &&
      has_measure_above_one(std::string_view(word).substr(0, word.size() - 1))) {
    word.pop_back();
  }
  return word;
}

const std::map<std::string, std::string, std::less<>>& irregular_forms() {
  static const std::map<std::string, std::string, std::less<>> forms = {
      {"sky", "sky"},         {"skies", "sky"},        {"dying", "die"},
      {"lying", "lie"},       {"tying", "tie"},        {"news", "news"},
      {"innings", "inning"},  {"inning", "inning"},    {"outings", "outing"},
      {"outing", "outing"},   {"cannings", "canning"}, {"canning", "canning"},
      {"howe", "howe"},       {"proceed", "proceed"},  {"exceed", "exceed"},
      {"succeed", "succeed"},
  };
  return forms;
}

}  // namespace

std::string porter_stem(std::string word) {
  const auto irregular = irregular_forms().find(word);
  if (irregular != irregular_forms().end()) return irregular->second;
  if (word.size() <= 2) return word;
  word = step_1c(step_1b(step_1a(std::move(word))));
  return step_5(step_4(step_3(step_2(std::move(word)))));
}

}  // namespace finetune::metrics
