#include "engines/silero/network.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

namespace cpw {
namespace {

using kernels::DenseFinish;
using kernels::kDensePanel;

constexpr std::size_t kFrame = 512;
constexpr std::size_t kEdge = 64;
constexpr std::size_t kPoints = 256;
constexpr std::size_t kHop = kPoints / 2;  // and the width of most layers
constexpr std::size_t kBins = kHop + 1;
constexpr std::size_t kPadded = kFrame + 2 * kEdge;
constexpr std::size_t kTimes = 4;
constexpr std::size_t kGates = 4 * kHop;
constexpr char kBasis[] = "_model.stft.forward_basis_buffer";
struct Size {
  const char* name;
  std::size_t values;
};

// Once more, for a file that is written to between its check and its reading.
constexpr Size kSizes[] = {{kBasis, 258 * 256},
                           {"_model.encoder.0.reparam_conv.weight", 128 * 129 * 3},
                           {"_model.encoder.0.reparam_conv.bias", 128},
                           {"_model.encoder.1.reparam_conv.weight", 64 * 128 * 3},
                           {"_model.encoder.1.reparam_conv.bias", 64},
                           {"_model.encoder.2.reparam_conv.weight", 64 * 64 * 3},
                           {"_model.encoder.2.reparam_conv.bias", 64},
                           {"_model.encoder.3.reparam_conv.weight", 128 * 64 * 3},
                           {"_model.encoder.3.reparam_conv.bias", 128},
                           {"_model.decoder.rnn.weight_ih", 512 * 128},
                           {"_model.decoder.rnn.weight_hh", 512 * 128},
                           {"_model.decoder.rnn.bias_ih", 512},
                           {"_model.decoder.rnn.bias_hh", 512},
                           {"_model.decoder.decoder.2.weight", 128},
                           {"_model.decoder.decoder.2.bias", 1}};
constexpr float kZeros[kPoints] = {};

float Sane(float sample) { return std::abs(sample) <= 1e4f ? sample : 0.0f; }

// In sixteen sums, which compilers keep in registers.
float Dot(const float* a, const float* b, std::size_t count) {
  float sums[16] = {};
  for (std::size_t i = 0; i < count; i += 16)
    for (std::size_t j = 0; j < 16; ++j) sums[j] += a[i + j] * b[i + j];
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
}

// A frame between its reflections.
void Pad(const float* samples, float* padded) {
  std::transform(samples, samples + kFrame, padded + kEdge, Sane);
  for (std::size_t i = 1; i <= kEdge; ++i) {
    padded[kEdge - i] = padded[kEdge + i];
    padded[kEdge + kFrame - 1 + i] = padded[kEdge + kFrame - 1 - i];
  }
}

}  // namespace

std::string SileroNetwork::Problem(const SileroWeights& weights) {
  for (const auto& [name, size] : kSizes) {
    const auto found = weights.find(name);
    if (found == weights.end() || found->second.size() != size)
      return "it changed while it was being read";
    const auto finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(found->second.begin(), found->second.end(), finite))
      return std::string(name) + " holds a value that is not a finite number";
  }
  return "";
}

template <typename At>
SileroNetwork::Layer SileroNetwork::Pack(std::size_t columns, std::size_t depth,
                                         std::vector<float> bias, const At& at) {
  Layer layer{depth, std::vector<Line>(columns * depth / 16), std::move(bias)};
  float* to = layer.packed.data()->values;
  for (std::size_t panel = 0; panel < columns; panel += kDensePanel)
    for (std::size_t d = 0; d < depth; ++d)
      for (std::size_t j = 0; j < kDensePanel; ++j) *to++ = at(panel + j, d);
  return layer;
}

// In the file the three taps of an input lie side by side; here all inputs of a tap do.
SileroNetwork::Layer SileroNetwork::Convolution(const SileroWeights& weights, int index,
                                                std::size_t inputs) {
  const std::string name = "_model.encoder." + std::to_string(index) + ".reparam_conv.";
  const std::vector<float>& values = weights.at(name + "weight");
  const std::vector<float>& bias = weights.at(name + "bias");
  return Pack(bias.size(), 3 * inputs, bias, [&](std::size_t column, std::size_t d) {
    return values[(column * inputs + d % inputs) * 3 + d / inputs];
  });
}

SileroNetwork::SileroNetwork(const SileroWeights& weights, const kernels::Dense& dense)
    : dense_(dense) {
  const std::vector<float>& basis = weights.at(kBasis);
  // First the real parts, then the imaginary ones, but for the last bin of each.
  basis_ = Pack(2 * kHop, kPoints, {}, [&](std::size_t column, std::size_t d) {
    return basis[(column < kHop ? column : column + 1) * kPoints + d];
  });
  const float* rows = basis.data();
  last_bin_re_.assign(rows + kHop * kPoints, rows + kBins * kPoints);
  last_bin_im_.assign(rows + (kHop + kBins) * kPoints, rows + 2 * kBins * kPoints);
  constexpr std::size_t kInputs[] = {kBins, kHop, 64, 64};
  for (int i = 0; i < 4; ++i) convolutions_[i] = Convolution(weights, i, kInputs[i]);
  const auto lstm = [&](const char* name, std::vector<float> bias) {
    const std::vector<float>& values = weights.at(name);
    return Pack(kGates, kHop, std::move(bias),
                [&](std::size_t column, std::size_t d) { return values[column * kHop + d]; });
  };
  std::vector<float> bias = weights.at("_model.decoder.rnn.bias_ih");
  const std::vector<float>& more = weights.at("_model.decoder.rnn.bias_hh");
  std::transform(bias.begin(), bias.end(), more.begin(), bias.begin(), std::plus<>());
  input_ = lstm("_model.decoder.rnn.weight_ih", std::move(bias));
  recurrent_ = lstm("_model.decoder.rnn.weight_hh", {});
  last_ = weights.at("_model.decoder.decoder.2.weight");
  last_bias_ = weights.at("_model.decoder.decoder.2.bias")[0];
}

void SileroNetwork::Transform(const float* samples, std::size_t frames, Scratch& scratch) const {
  for (std::size_t frame = 0; frame < frames; ++frame) {
    Pad(samples + frame * kFrame, scratch.padded[frame]);
    dense_.half(scratch.padded[frame], kPadded, scratch.padded[frame]);
  }
  for (std::size_t time = 0; time < kTimes; ++time) {
    dense_.multiply({scratch.padded[0] + time * kHop, kPadded, frames, basis_.weights(),
                     kPoints * kDensePanel, kPoints, kPoints, kZeros, DenseFinish::kPlain,
                     scratch.spectra[time], kTimes * kPoints});
  }
  float re[Scratch::kSpectra] = {};
  float im[Scratch::kSpectra] = {};
  for (std::size_t row = 0; row < frames * kTimes; ++row) {
    const float* spectrum = scratch.spectra[row];
    dense_.magnitude(spectrum, spectrum + kHop, kHop, scratch.magnitude[row]);
    const float* from = scratch.padded[row / kTimes] + row % kTimes * kHop;
    re[row] = Dot(from, last_bin_re_.data(), kPoints);
    im[row] = Dot(from, last_bin_im_.data(), kPoints);
  }
  dense_.magnitude(re, im, std::size(re), re);
  for (std::size_t row = 0; row < frames * kTimes; ++row) scratch.magnitude[row][kHop] = re[row];
}

void SileroNetwork::Convolve(const Layer& layer, std::size_t frames, const float* in, Shape from,
                             float* out, Shape to, DenseFinish finish) const {
  const std::size_t stride = from.times / to.times;
  for (std::size_t time = 0; time < to.times; ++time) {
    // Taps that fall on the padding are left out.
    const std::size_t skipped = time * stride == 0 ? 1 : 0;
    const std::size_t first = time * stride + skipped - 1;
    const std::size_t taps = std::min(3 - skipped, from.times - first);
    dense_.multiply({in + first * from.channels, from.times * from.channels, frames,
                     layer.weights() + skipped * from.channels * kDensePanel,
                     layer.depth * kDensePanel, taps * from.channels, to.channels,
                     layer.bias.data(), finish, out + time * to.channels, to.times * to.channels});
  }
}

float SileroNetwork::Step(const float* sums, SileroState& state) const {
  alignas(64) float gates[kGates];
  dense_.multiply({state.hidden.data(), kHop, 1, recurrent_.weights(), kHop * kDensePanel, kHop,
                   kGates, sums, DenseFinish::kPlain, gates, kGates});
  dense_.lstm(gates, kHop, state.cell.data(), state.hidden.data());
  float positive[kHop];
  for (std::size_t i = 0; i < kHop; ++i) positive[i] = std::max(state.hidden[i], 0.0f);
  dense_.half(positive, kHop, positive);
  return 1.0f / (1.0f + std::exp(-(Dot(positive, last_.data(), kHop) + last_bias_)));
}

void SileroNetwork::Score(const float* samples, std::size_t frames, SileroState& state,
                          Scratch& scratch, float* probabilities) const {
  Transform(samples, frames, scratch);
  const auto& layers = convolutions_;
  constexpr DenseFinish kFinish = DenseFinish::kReluHalf;
  Convolve(layers[0], frames, scratch.magnitude[0], {4, kBins}, scratch.first[0], {4, 128},
           kFinish);
  Convolve(layers[1], frames, scratch.first[0], {4, 128}, scratch.second[0], {2, 64}, kFinish);
  Convolve(layers[2], frames, scratch.second[0], {2, 64}, scratch.third[0], {1, 64}, kFinish);
  Convolve(layers[3], frames, scratch.third[0], {1, 64}, scratch.fourth[0], {1, 128},
           DenseFinish::kRelu);
  dense_.multiply({scratch.fourth[0], kHop, frames, input_.weights(), kHop * kDensePanel, kHop,
                   kGates, input_.bias.data(), DenseFinish::kPlain, scratch.gates[0], kGates});
  for (std::size_t frame = 0; frame < frames; ++frame)
    probabilities[frame] = Step(scratch.gates[frame], state);
}

}  // namespace cpw
