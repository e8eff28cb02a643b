#include "text/bert_scanner.h"

#include <cstring>

#include "text/ascii_word.h"
#include "text/utf8.h"

namespace finetune::text {

/// One pass over a segment. Positions are bytes of the segment.
template <bool kWantOffsets>
struct BertScanner::Pass {
  const BertScanner& scanner;
  const Segment segment;
  WordCollector& words;
  TokenBuffer& out;
  size_t position = 0;
  size_t extra_bytes = 0;  ///< bytes before `position` beyond one a character
  std::vector<Piece> pieces{};

  /// False: the segment needs normalize(), and what was appended is to be thrown away.
  bool run() {
    const std::string_view text = segment.text;
    while (position < text.size()) {
      const AsciiWord found = read_ascii_word(text.substr(position), scanner.options_.lowercase);
      if (found.length > 0) {
        if (ends_after(position + found.length)) {
          emit_ascii(found);
          position += found.length;
        } else if (!run_by_char()) {
          return false;
        }
        continue;
      }
      const auto byte = static_cast<unsigned char>(text[position]);
      const CharKind kind = scanner.kind_of_byte_[byte];
      if (kind == CharKind::kSpace) {
        ++position;
      } else if (kind == CharKind::kPunctuation) {
        emit(scanner.punctuation_id_[byte], position, position + 1);
        finish_piece();
        ++position;
      } else if (!run_by_char()) {
        return false;
      }
    }
    return true;
  }

  bool ends_after(size_t end) const {
    if (end == segment.text.size()) return true;
    const CharKind next = scanner.kind_of_byte_[static_cast<unsigned char>(segment.text[end])];
    return next == CharKind::kSpace || next == CharKind::kPunctuation;
  }

  int32_t char_index(size_t byte) const {
    return segment.first_char + static_cast<int32_t>(byte - extra_bytes);
  }

  void emit(int32_t id, size_t begin, size_t end) {
    out.ids.push_back(id);
    if constexpr (kWantOffsets) out.offsets.emplace_back(char_index(begin), char_index(end));
  }

  void finish_piece() {
    if constexpr (kWantOffsets) out.finish_piece();
  }

  void emit_ascii(const AsciiWord& found) {
    const int32_t whole = found.length <= scanner.model_.options().max_chars_per_word
                              ? scanner.model_.find_whole(found.word)
                              : -1;
    if (whole >= 0) {
      emit(whole, position, position + found.length);
      finish_piece();
      return;
    }
    char bytes[sizeof(found.word)];
    std::memcpy(bytes, &found.word, sizeof(bytes));
    pieces.clear();
    scanner.model_.tokenize({bytes, found.length}, found.length, pieces);
    for (const Piece& piece : pieces) emit(piece.id, position + piece.begin, position + piece.end);
    finish_piece();
  }

  /// Goes on one code point at a time until a word has ended.
  bool run_by_char() {
    while (position < segment.text.size()) {
      const DecodedChar decoded = decode_char(segment.text.substr(position));
      const int32_t index = char_index(position);
      position += decoded.length;
      extra_bytes += decoded.length - 1;
      const CharAction action = scanner.table_.action(decoded.code_point);
      if (action.kind == CharKind::kInOrder) return false;
      if (action.kind == CharKind::kMany) {
        for (const char32_t part : scanner.table_.expansion(decoded.code_point)) {
          add_normalized(part, {index, index + 1});
        }
      } else if (add(action, {index, index + 1})) {
        return true;
      }
    }
    words.finish_word();
    return true;
  }

  /// True when a word has ended with this character.
  bool add(CharAction action, CharRange origin) {
    if (action.kind == CharKind::kDropped) return false;
    if (action.kind == CharKind::kWord) {
      words.add(action.to, origin);
      return false;
    }
    words.finish_word();
    if (action.kind != CharKind::kSpace) {
      words.add(action.to, origin);
      words.finish_word();
    }
    return true;
  }

  void add_normalized(char32_t c, CharRange origin) {
    const uint8_t flags = char_flags(c);
    CharKind kind = CharKind::kWord;
    if ((flags & kPunctuationChar) != 0) kind = CharKind::kPunctuation;
    if ((flags & kSpaceChar) != 0) kind = CharKind::kSpace;
    add({kind, c}, origin);
  }
};

BertScanner::BertScanner(const WordPiece& model, const BertNormalizerOptions& options)
    : model_(model), options_(options), table_(options) {
  kind_of_byte_.fill(CharKind::kMany);
  punctuation_id_.fill(model.unknown_id());
  for (unsigned char byte = 0; byte < 128; ++byte) {
    kind_of_byte_[byte] = table_.action(byte).kind;
    const char c = static_cast<char>(byte);
    std::vector<Piece> pieces;
    model.tokenize({&c, 1}, 1, pieces);
    punctuation_id_[byte] = pieces.front().id;
  }
}

void BertScanner::scan(Segment segment, bool want_offsets, WordCollector& words,
                       TokenBuffer& out) const {
  const size_t num_before = out.ids.size();
  const int32_t num_words_before = out.num_words;
  words.start(model_, want_offsets, out);
  const bool is_done = want_offsets ? Pass<true>{*this, segment, words, out}.run()
                                    : Pass<false>{*this, segment, words, out}.run();
  if (is_done) return;
  out.resize(num_before, want_offsets);
  if (out.wants_words) out.words.resize(num_before);
  out.num_words = num_words_before;
  words.start(model_, want_offsets, out);
  AlignedText text(segment.text, segment.first_char);
  normalize(text, options_);
  scan_normalized(text, {0, static_cast<int32_t>(text.size())}, words);
}

void BertScanner::scan_normalized(const AlignedText& text, CharRange range,
                                  WordCollector& words) const {
  for (int32_t i = range.first; i < range.second; ++i) {
    const auto index = static_cast<size_t>(i);
    const uint8_t flags = char_flags(text.at(index));
    if ((flags & (kSpaceChar | kPunctuationChar)) != 0) words.finish_word();
    if ((flags & kSpaceChar) != 0) continue;
    words.add(text.at(index), text.origin(index));
    if ((flags & kPunctuationChar) != 0) words.finish_word();
  }
  words.finish_word();
}

}  // namespace finetune::text
