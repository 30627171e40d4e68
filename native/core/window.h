#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/audio_source.h"

namespace cpw {

// A run of contiguous samples that an engine decodes in one pass (30 s at most).
struct Window {
  double start = 0;  // seconds from the beginning of the audio
  std::vector<float> samples;
  // Speech probability of each SpeechScorer::kFrameSamples of them; empty where nobody listened.
  std::vector<float> speech = {};
  double duration() const { return static_cast<double>(samples.size()) / kSampleRate; }
};

// Speech probability of each 512-sample frame, in order; keeps its state between calls. Belongs to
// one stream: make one per job.
class SpeechScorer {
 public:
  static constexpr std::size_t kFrameSamples = 512;
  virtual ~SpeechScorer() = default;
  // `samples.size()` is a multiple of kFrameSamples; the result has one probability per frame and
  // stays valid until the next call.
  virtual std::span<const float> Score(std::span<const float> samples) = 0;
};

}  // namespace cpw
