#pragma once

#include <cstdint>
#include <vector>

namespace cpw {

// What one decoding pass over a window came to.
struct PassStatistics {
  std::vector<std::int32_t> tokens;  // of the text and its timestamps
  double sum_logprob = 0;
  double no_speech_prob = 0;  // of the window's first chunk

  double AverageLogprob() const;
};

// Whether a pass should be decoded again with more effort: unlikely text, text that repeats itself,
// or none where there is speech. The thresholds are those of Whisper's reference decoder, the
// repetition test (entropy of the last 32 tokens) is whisper.cpp's.
bool LooksWrong(const PassStatistics& pass);

}  // namespace cpw
