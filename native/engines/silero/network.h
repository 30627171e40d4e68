#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "engines/silero/weights.h"
#include "kernels/dense.h"

namespace cpw {

// What a stream carries from frame to frame.
struct alignas(64) SileroState {
  std::array<float, 128> hidden{};
  std::array<float, 128> cell{};
};

// Silero 5 and 6 as whisper.cpp 1.9.1 runs it: each frame of 512 samples by itself, reflected by 64
// samples at both ends; a transform of 256 points every 128 samples, four convolutions over those
// four spectra, an LSTM, one probability. (Silero's own code puts the 64 samples before the frame
// in place of the first reflection.) As there, what a convolution or the last layer is given is
// rounded to f16; without that, probabilities differ by up to 0.01. Immutable: streams share it,
// and each has a state and working memory.
class SileroNetwork {
 public:
  static constexpr std::size_t kBlock = 16;  // frames that go through the weights together
  struct Scratch;

  // Why these weights cannot be used, or "". Asked before they are.
  static std::string Problem(const SileroWeights& weights);
  explicit SileroNetwork(const SileroWeights& weights,
                         const kernels::Dense& dense = kernels::BestDense());

  // One probability for each of the `frames` (kBlock at most). A sample that no recording holds
  // (NaN, infinity) counts as silence: it would spoil the state for good.
  void Score(const float* samples, std::size_t frames, SileroState& state, Scratch& scratch,
             float* probabilities) const;

 private:
  struct alignas(64) Line {
    float values[16];
  };
  // As kernels/dense.h wants it; cache lines of weights are not cut by loads.
  struct Layer {
    std::size_t depth = 0;
    std::vector<Line> packed;
    std::vector<float> bias;
    const float* weights() const { return packed.data()->values; }
  };
  struct Shape {
    std::size_t times;
    std::size_t channels;
  };

  template <typename At>
  static Layer Pack(std::size_t columns, std::size_t depth, std::vector<float> bias, const At& at);
  static Layer Convolution(const SileroWeights& weights, int index, std::size_t inputs);
  void Transform(const float* samples, std::size_t frames, Scratch& scratch) const;
  // Kernel of 3, padded by 1.
  void Convolve(const Layer& layer, std::size_t frames, const float* in, Shape from, float* out,
                Shape to, kernels::DenseFinish finish) const;
  float Step(const float* sums, SileroState& state) const;

  const kernels::Dense& dense_;
  Layer basis_;
  // The bin that is one too many for the panels.
  std::vector<float> last_bin_re_;
  std::vector<float> last_bin_im_;
  std::array<Layer, 4> convolutions_;
  Layer input_;
  Layer recurrent_;
  std::vector<float> last_;
  float last_bias_ = 0;
};

// Of a stream; about 250 KB.
struct alignas(64) SileroNetwork::Scratch {
  static constexpr std::size_t kSpectra = 4 * kBlock;
  float padded[kBlock][640];
  float spectra[kSpectra][256];
  float magnitude[kSpectra][129];
  float first[kSpectra][128];
  float second[2 * kBlock][64];
  float third[kBlock][64];
  float fourth[kBlock][128];
  float gates[kBlock][512];
};

}  // namespace cpw
