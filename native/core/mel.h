#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/fft.h"

namespace cpw {

inline constexpr std::size_t kMelHop = 160;  // samples from one frame to the next

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
  struct Band {
    std::size_t first_bin;
    std::size_t first_weight;
    std::size_t count;
  };
  // Eight neighbouring frames, the first of which begins at `signal`.
  void ComputeFrames(const float* signal, std::size_t count, std::size_t stride, float* out) const;

  int bands_;
  PowerSpectrum spectrum_;
  std::vector<float> hann_;
  std::vector<Band> filters_;
  std::vector<float> weights_;  // triangles overlap by half: two non-zero weights a bin, no matrix
};

}  // namespace cpw
