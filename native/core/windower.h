#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "core/audio_source.h"
#include "core/window.h"

namespace cpw {

// Silero's names. No defaults here: TypeScript's schema states them all.
struct VadOptions {
  double threshold;
  double neg_threshold;
  int min_speech_duration_ms;
  double max_speech_duration_s;
  int min_silence_duration_ms;
  int speech_pad_ms;
};

}  // namespace cpw
