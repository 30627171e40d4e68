#pragma once

#include "engines/ctranslate2/model_bin.h"

namespace cpw {

struct TranslationShape {
  int width = 0;
  int source_vocabulary = 0;
  int target_vocabulary = 0;
  int encoder_layers = 0;
  int decoder_layers = 0;
  int source_positions = 0;  // 0 = any number: positions are computed
  int target_positions = 0;
  bool starts_from_zero = false;  // the first input of the decoder counts as zeros
};

// As CheckWhisperSpec: every variable of an encoder-decoder transformer must be there in the one
// shape that fits the others, and nothing else may be.
TranslationShape CheckTranslationSpec(const ModelBin& model);

}  // namespace cpw
