#include "core/mel.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string>

#include "core/audio_source.h"
#include "core/error.h"

namespace cpw {
namespace {

constexpr std::size_t kFft = PowerSpectrum::kSize;
constexpr std::size_t kBins = PowerSpectrum::kBins;
constexpr std::size_t kEdge = kFft / 2;
constexpr float kFloor = 1e-10f;

// Slaney's scale: linear up to 1 kHz, then 27 steps for each factor of 6.4.
double MelToHertz(double mel) {
  constexpr double kHertzPerMel = 200.0 / 3.0;
  constexpr double kBreakMel = 1000.0 / kHertzPerMel;
  if (mel < kBreakMel) return mel * kHertzPerMel;
  return 1000.0 * std::exp((mel - kBreakMel) * std::log(6.4) / 27.0);
}

double HertzToMel(double hertz) { return 15.0 + std::log(hertz / 1000.0) * 27.0 / std::log(6.4); }

// A sample that no recording holds (NaN, infinity) would spoil every frame through the maximum.
float Sane(float sample) { return std::abs(sample) <= 1e4f ? sample : 0.0f; }

std::size_t RoundUp(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

// The signal with kEdge samples in front, reflected as Whisper's centred transform does it. Only as
// much of it as `frames` frames (a multiple of kLanes) see; `length` is where the audio, with the
// silence behind it, ends and is reflected again.
std::vector<float> Pad(std::span<const float> samples, std::size_t frames, std::size_t length) {
  std::vector<float> padded(frames * kMelHop + kFft, 0.0f);
  const std::size_t copied = std::min(samples.size(), padded.size() - kEdge);
  std::transform(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(copied),
                 padded.begin() + kEdge, Sane);
  // The loops end where the audio does. A test of each index instead becomes a masked load of
  // memory far behind the audio: harmless on a CPU, a crash under qemu 7.2, which ignores the mask.
  const std::size_t head = std::min(kEdge + 1, samples.size());
  for (std::size_t i = 1; i < head; ++i) padded[kEdge - i] = Sane(samples[i]);
  // samples[i] is reflected to padded[mirror - i]: as far as that exists, and kEdge samples at
  // most.
  const std::size_t mirror = kEdge + 2 * length - 2;
  const std::size_t exists = mirror < padded.size() ? 0 : mirror - padded.size() + 1;
  const std::size_t from = std::max(exists, length > kEdge ? length - 1 - kEdge : 0);
  const std::size_t end = std::min(length - 1, samples.size());
  for (std::size_t i = from; i < end; ++i) padded[mirror - i] = Sane(samples[i]);
  return padded;
}

}  // namespace

MelSpectrogram::MelSpectrogram(int bands) : bands_(bands), hann_(kFft) {
  if (bands != 80 && bands != 128) {
    throw CpwError(ErrorCode::kModelIncompatible,
                   "The model asks for " + std::to_string(bands) +
                       " mel bands; Whisper has 80 or 128. Next step: use another model.");
  }
  for (std::size_t n = 0; n < kFft; ++n) {
    hann_[n] = static_cast<float>(
        0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(n) / double{kFft}));
  }
  const double top = HertzToMel(kSampleRate / 2.0);
  const auto corner = [&](int i) { return MelToHertz(top * i / (bands + 1)); };
  const double hertz_per_bin = static_cast<double>(kSampleRate) / double{kFft};
  for (int band = 0; band < bands; ++band) {
    const double low = corner(band), peak = corner(band + 1), high = corner(band + 2);
    Band filter{0, weights_.size(), 0};
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double hertz = static_cast<double>(bin) * hertz_per_bin;
      const double height = std::min((hertz - low) / (peak - low), (high - hertz) / (high - peak));
      if (height <= 0) continue;
      if (filter.count++ == 0) filter.first_bin = bin;
      weights_.push_back(static_cast<float>(height * 2.0 / (high - low)));
    }
    filters_.push_back(filter);
  }
}

void MelSpectrogram::ComputeFrames(const float* signal, std::size_t count, std::size_t stride,
                                   float* out) const {
  ComplexLanes packed[kFft / 2];
  Lanes power[kBins];
  for (std::size_t n = 0; n < kFft / 2; ++n) {
    const float* even = signal + 2 * n;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      packed[n].re[lane] = even[lane * kMelHop];
      packed[n].im[lane] = even[lane * kMelHop + 1];
    }
    packed[n].re *= hann_[2 * n];
    packed[n].im *= hann_[2 * n + 1];
  }
  spectrum_.Compute(packed, power);
  for (const Band& band : filters_) {
    Lanes sum = {};
    const float* weights = weights_.data() + band.first_weight;
    for (std::size_t i = 0; i < band.count; ++i) sum += weights[i] * power[band.first_bin + i];
    float logs[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      logs[lane] = std::log(std::max(sum[lane], kFloor)) * std::numbers::log10e_v<float>;
    }
    std::memcpy(out, logs, count * sizeof(float));
    out += stride;
  }
}

void MelSpectrogram::Compute(std::span<const float> samples, std::size_t frames,
                             std::vector<float>& out) const {
  // Frames whose window lies behind the audio are silence: known without a transform.
  const std::size_t live = std::min(frames, (samples.size() + kEdge + kMelHop - 1) / kMelHop);
  out.assign(static_cast<std::size_t>(bands_) * frames, -10.0f);
  if (frames == 0) return;

  const std::vector<float> padded =
      Pad(samples, RoundUp(live, kLanes), std::max(frames * kMelHop, samples.size()));
  for (std::size_t frame = 0; frame < live; frame += kLanes) {
    ComputeFrames(padded.data() + frame * kMelHop, std::min(kLanes, live - frame), frames,
                  out.data() + frame);
  }
  const float floor = *std::max_element(out.begin(), out.end()) - 8.0f;
  for (float& value : out) value = (std::max(value, floor) + 4.0f) / 4.0f;
}

}  // namespace cpw
