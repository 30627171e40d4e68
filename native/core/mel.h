#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cpw {

// Whisper's log-mel spectrogram: 400-sample Hann windows every 160 samples, reflected at the edges,
// slaney mel bands, log10, floor at the maximum - 8, scaled by (x + 4) / 4. Thread-safe once made.
class MelSpectrogram {
 public:
  explicit MelSpectrogram(int bands);  // 80 or 128
  // `out` becomes bands x frames, row-major; audio beyond `samples` counts as silence.
  // frames is usually samples.size() / 160 or more (padding up to 3000).
  void Compute(std::span<const float> samples, std::size_t frames, std::vector<float>& out) const;
  int bands() const { return bands_; }

 private:
  int bands_;
};

}  // namespace cpw
