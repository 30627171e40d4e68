#pragma once

#include <cstdint>

#include "engines/ctranslate2/model_bin.h"

namespace cpw {

struct WhisperShape {
  int mels = 0;
  int width = 0;  // d_model
  int vocabulary = 0;
  int encoder_layers = 0;
  int decoder_layers = 0;
  int decoder_heads = 0;
};

inline constexpr int kEncoderFrames = 3000;     // 30 s of mel frames
inline constexpr int kEncoderPositions = 1500;  // a convolution halves them
inline constexpr int kDecoderPositions = 448;

// Every variable of a Whisper model must be there in the one shape that fits the others, and
// nothing else may be: upstream trusts the names it finds, and a stray one changes how it computes.
WhisperShape CheckWhisperSpec(const ModelBin& model);

}  // namespace cpw
