#pragma once

#include "core/window_recognizer.h"

namespace cpw {

// TypeScript's defaults, with one greedy pass and no second search.
inline DecodeOptions DefaultDecoding() {
  DecodeOptions options{};
  options.language = "en";
  options.beam_size = 1;
  options.patience = 1;
  options.length_penalty = 1;
  options.repetition_penalty = 1;
  options.temperatures = {0, 0.2, 0.4, 0.6, 0.8, 1};
  options.best_of = 5;
  options.compression_ratio_threshold = 2.4;
  options.log_prob_threshold = -1;
  options.no_speech_threshold = 0.6;
  options.suppress_tokens = {-1};
  return options;
}

}  // namespace cpw
