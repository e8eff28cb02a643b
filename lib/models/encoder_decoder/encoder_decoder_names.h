#pragma once

#include "models/encoder_decoder/encoder_decoder_config.h"
#include "models/name_table.h"

namespace finetune::models {

/// Our parameters of an encoder-decoder <-> the tensors of Hugging Face's EncoderDecoderModel. What
/// no pretrained part brings along counts as head: cross-attention, the projection of the encoder's
/// states, the head over the vocabulary, the encoder's pooler.
NameTable encoder_decoder_names(const EncoderDecoderConfig& config);

/// The tensors of a pretrained encoder, or decoder, as its own folder spells them, <-> their names
/// in the encoder-decoder: `ours` holds the latter.
NameTable encoder_part_names(const EncoderDecoderConfig& config);
NameTable decoder_part_names(const EncoderDecoderConfig& config);

}  // namespace finetune::models
