#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace finetune::text {

/// What a SentencePiece `.model` file says, as far as it decides how text is cut.
/// https://github.com/google/sentencepiece/blob/v0.2.1/src/sentencepiece_model.proto
struct SentencePieceModel {
  enum class Algorithm { kUnigram = 1, kBpe = 2, kWord = 3, kChar = 4 };
  enum class PieceKind {
    kNormal = 1,
    kUnknown = 2,
    kControl = 3,
    kUserDefined = 4,
    kUnused = 5,
    kByte = 6
  };
  struct Piece {
    std::string text;
    float score = 0;
    PieceKind kind = PieceKind::kNormal;
  };

  std::vector<Piece> pieces;  ///< [id]
  Algorithm algorithm = Algorithm::kUnigram;
  bool byte_fallback = false;
  bool treat_whitespace_as_suffix = false;
  int32_t unknown_id = 0;  ///< these as the trainer was told; -1: none
  int32_t bos_id = 1;
  int32_t eos_id = 2;
  int32_t pad_id = -1;
  std::string unknown_piece = "<unk>";
  std::string charsmap;  ///< PrecompiledMap; "": none
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;

  int32_t unknown_piece_id() const;  ///< of the one piece of kind kUnknown

  /// Reads and checks the bytes of a file so far that the sentencepiece library can be trusted with
  /// them: it believes the tables it is given. Throws CheckpointError naming the position or the
  /// piece: for a file that is cut short or no model at all, for an empty, doubled or undecodable
  /// piece, a score that is no number, none or two unknown pieces, bytes missing for the fallback,
  /// and rewrite rules that lead nowhere.
  static SentencePieceModel parse(std::string_view bytes);
};

}  // namespace finetune::text
