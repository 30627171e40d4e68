#pragma once

#include <span>
#include <vector>

#include "core/transcript.h"

namespace cpw {

// How loud audio is every 10 ms, in decibels: where words end is where it is quiet.
class Loudness {
 public:
  explicit Loudness(std::span<const float> samples);

  // The quietest moment within 80 ms of `seconds`, the nearer ones preferred.
  double QuietestNear(double seconds) const;
  // The stretches between pauses, ascending, in seconds. Empty where all is quiet; where noise
  // covers the pauses it is one stretch.
  std::vector<SpeechSegment> Spans() const;

 private:
  std::vector<double> decibels_;  // at 0, 10, 20 ms, …
};

}  // namespace cpw
