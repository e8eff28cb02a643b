#include "text/sentencepiece_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <unordered_set>

#include "base/error.h"
#include "base/strings.h"
#include "text/precompiled.h"
#include "text/protobuf_fields.h"
#include "text/vocabulary.h"

namespace finetune::text {
namespace {

using Piece = SentencePieceModel::Piece;
using PieceKind = SentencePieceModel::PieceKind;

Piece read_piece(const ProtobufField& message) {
  Piece piece;
  int32_t kind = 1;
  for (ProtobufFields fields(message); !fields.at_end();) {
    const ProtobufField field = fields.next();
    switch (field.number) {
      case 1:
        piece.text = field.text();
        break;
      case 2:
        piece.score = field.real();
        break;
      case 3:
        kind = field.int32();
        break;
      default:
        break;
    }
  }
  if (kind < 1 || kind > 6) {
    throw CheckpointError(base::cat("at byte ", message.position, ": the piece ",
                                    base::quote(piece.text), " is of an unknown kind ", kind));
  }
  piece.kind = static_cast<PieceKind>(kind);
  return piece;
}

void read_trainer(const ProtobufField& message, SentencePieceModel& model) {
  for (ProtobufFields fields(message); !fields.at_end();) {
    const ProtobufField field = fields.next();
    switch (field.number) {
      case 3:
        model.algorithm = static_cast<SentencePieceModel::Algorithm>(field.int32());
        break;
      case 24:
        model.treat_whitespace_as_suffix = field.boolean();
        break;
      case 35:
        model.byte_fallback = field.boolean();
        break;
      case 40:
        model.unknown_id = field.int32();
        break;
      case 41:
        model.bos_id = field.int32();
        break;
      case 42:
        model.eos_id = field.int32();
        break;
      case 43:
        model.pad_id = field.int32();
        break;
      case 45:
        model.unknown_piece = field.text();
        break;
      default:
        break;
    }
  }
}

void read_normalizer(const ProtobufField& message, SentencePieceModel& model) {
  for (ProtobufFields fields(message); !fields.at_end();) {
    const ProtobufField field = fields.next();
    switch (field.number) {
      case 2:
        model.charsmap = field.message();
        break;
      case 3:
        model.add_dummy_prefix = field.boolean();
        break;
      case 4:
        model.remove_extra_whitespaces = field.boolean();
        break;
      case 5:
        model.escape_whitespaces = field.boolean();
        break;
      default:
        break;
    }
  }
}

/// The library also follows the rules for turning pieces back into text.
void check_denormalizer(const ProtobufField& message) {
  SentencePieceModel rules;
  read_normalizer(message, rules);
  if (!rules.charsmap.empty()) PrecompiledMap::parse(rules.charsmap);
}

[[noreturn]] void fail_piece(size_t id, const Piece& piece, std::string_view problem) {
  throw CheckpointError(base::cat("piece ", id, " (", base::quote(piece.text), ") ", problem));
}

/// The value of "<0x00>" ... "<0xFF>".
std::optional<size_t> byte_value(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (text.size() != 6 || !text.starts_with("<0x") || text.back() != '>') return std::nullopt;
  const size_t high = kDigits.find(text[3]), low = kDigits.find(text[4]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  return high * 16 + low;
}

/// As the library takes them: normal pieces and the others are two name spaces.
void check_pieces(const SentencePieceModel& model) {
  std::unordered_set<std::string_view> normal, reserved;
  std::array<bool, 256> has_byte{};
  size_t num_unknown = 0;
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const Piece& piece = model.pieces[id];
    const bool is_normal = piece.kind == PieceKind::kNormal ||
                           piece.kind == PieceKind::kUserDefined ||
                           piece.kind == PieceKind::kUnused;
    if (piece.text.empty()) fail_piece(id, piece, "is empty");
    if (piece.text.find('\0') != std::string::npos) fail_piece(id, piece, "contains a NUL");
    if (!std::isfinite(piece.score)) fail_piece(id, piece, "has a score that is no number");
    if (!(is_normal ? normal : reserved).insert(piece.text).second) {
      fail_piece(id, piece, "is there already");
    }
    if (piece.kind == PieceKind::kUnknown && ++num_unknown > 1) {
      fail_piece(id, piece, "is a second unknown piece");
    }
    if (piece.kind == PieceKind::kByte) {
      const std::optional<size_t> value = byte_value(piece.text);
      if (!value || !model.byte_fallback) fail_piece(id, piece, "is no byte of a fallback");
      has_byte[*value] = true;
    }
  }
  if (num_unknown == 0) throw CheckpointError("the model has no unknown piece");
  if (model.byte_fallback && std::count(has_byte.begin(), has_byte.end(), true) != 256) {
    throw CheckpointError("the model falls back to bytes, but lacks some of the 256 byte pieces");
  }
}

void check(const SentencePieceModel& model) {
  if (model.pieces.empty())
    throw CheckpointError("this is no SentencePiece model: it has no pieces");
  const auto algorithm = static_cast<int>(model.algorithm);
  if (algorithm < 1 || algorithm > 4) {
    throw CheckpointError(base::cat("the model is of an unknown type ", algorithm));
  }
  check_pieces(model);
  if (!model.charsmap.empty()) PrecompiledMap::parse(model.charsmap);
}

}  // namespace

int32_t SentencePieceModel::unknown_piece_id() const {
  const auto is_unknown = [](const Piece& piece) { return piece.kind == PieceKind::kUnknown; };
  const auto found = std::find_if(pieces.begin(), pieces.end(), is_unknown);
  return static_cast<int32_t>(found - pieces.begin());
}

SentencePieceModel SentencePieceModel::parse(std::string_view bytes) {
  SentencePieceModel model;
  for (ProtobufFields fields(bytes, 0); !fields.at_end();) {
    const ProtobufField field = fields.next();
    switch (field.number) {
      case 1:
        if (model.pieces.size() >= static_cast<size_t>(Vocabulary::kMaxIds)) {
          throw CheckpointError(base::cat("more than ", Vocabulary::kMaxIds, " pieces"));
        }
        model.pieces.push_back(read_piece(field));
        break;
      case 2:
        read_trainer(field, model);
        break;
      case 3:
        read_normalizer(field, model);
        break;
      case 5:
        check_denormalizer(field);
        break;
      default:
        break;
    }
  }
  check(model);
  return model;
}

}  // namespace finetune::text
