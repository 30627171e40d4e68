#include "media/resampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "core/audio_source.h"

namespace cpw {
namespace {

constexpr double kStopbandDb = 85;
constexpr double kTransition = 0.1;        // of the lower Nyquist frequency
constexpr std::size_t kLanes = 32;         // four AVX registers of sums, without -ffast-math
constexpr std::size_t kMaxTable = 131072;  // floats
// Linear interpolation between phases errs by (pi * cutoff / phases)^2 / 8, here -107 dB.
constexpr double kPhasesPerCutoff = 512;

// Modified Bessel function of the first kind, order 0.
double Bessel(double x) {
  double term = 1;
  double sum = 1;
  for (int k = 1; term > sum * 1e-12; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

double Sinc(double x) {
  return std::abs(x) < 1e-12 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

}  // namespace

Resampler::Resampler(int rate) : pass_(rate == kSampleRate) {
  const auto common = std::gcd(rate, kSampleRate);
  up_ = static_cast<std::uint64_t>(kSampleRate / common);
  down_ = static_cast<std::uint64_t>(rate / common);
  if (pass_) return;
  const double cutoff = std::min(1.0, static_cast<double>(kSampleRate) / rate);
  // Kaiser's estimate of the length for this transition width.
  const double width = std::numbers::pi * kTransition * cutoff;
  half_ = static_cast<std::size_t>(std::ceil((kStopbandDb - 7.95) / (2.285 * width) / 2)) + 1;
  taps_ = (2 * half_ + kLanes - 1) / kLanes * kLanes;
  between_ = up_ * taps_ > kMaxTable;
  phases_ = between_ ? static_cast<std::size_t>(std::ceil(kPhasesPerCutoff * cutoff)) + 8
                     : static_cast<std::size_t>(up_);
  MakeTable(cutoff);
  input_.assign(half_ - 1, 0.0F);
}

// Row p holds the taps for an output that lies p / phases_ behind an input sample; the sample
// itself is tap half_ - 1. Each row sums to one, so that a constant stays one.
void Resampler::MakeTable(double cutoff) {
  const double beta = 0.1102 * (kStopbandDb - 8.7);
  const double scale = Bessel(beta);
  const double centre = cutoff * (1 - kTransition / 2);
  const auto rows = phases_ + (between_ ? 1 : 0);
  table_.assign(rows * taps_, 0.0F);
  std::vector<double> row(2 * half_);
  for (std::size_t p = 0; p < rows; ++p) {
    for (std::size_t t = 0; t < row.size(); ++t) {
      const double x = static_cast<double>(t) - static_cast<double>(half_ - 1) -
                       static_cast<double>(p) / static_cast<double>(phases_);
      const double place = x / static_cast<double>(half_);
      row[t] = std::abs(place) >= 1
                   ? 0
                   : Sinc(centre * x) * Bessel(beta * std::sqrt(1 - place * place)) / scale;
    }
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (std::size_t t = 0; t < row.size(); ++t) {
      table_[p * taps_ + t] = static_cast<float>(row[t] / sum);
    }
  }
}

void Resampler::Push(std::span<const float> samples) {
  if (next_ > 0) {
    const auto dropped = std::min(next_, input_.size());
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(dropped));
    next_ -= dropped;
  }
  input_.insert(input_.end(), samples.begin(), samples.end());
  pushed_ += samples.size();
}

void Resampler::Finish() {
  finished_ = true;
  // Enough for the taps of the last output, and for the zero taps that fill a row.
  if (!pass_) input_.insert(input_.end(), taps_ + 1, 0.0F);
}

float Resampler::Filter(const float* at, std::size_t phase) const {
  const float* taps = table_.data() + phase * taps_;
  std::array<float, kLanes> sums;
  for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] = at[lane] * taps[lane];
  for (std::size_t t = kLanes; t < taps_; t += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += at[t + lane] * taps[t + lane];
  }
  std::array<float, 8> few;
  for (std::size_t i = 0; i < few.size(); ++i) {
    few[i] = (sums[i] + sums[i + 8]) + (sums[i + 16] + sums[i + 24]);
  }
  return ((few[0] + few[4]) + (few[1] + few[5])) + ((few[2] + few[6]) + (few[3] + few[7]));
}

float Resampler::Output(const float* at) const {
  if (!between_) return Filter(at, static_cast<std::size_t>(fraction_));
  const double place =
      static_cast<double>(fraction_) / static_cast<double>(up_) * static_cast<double>(phases_);
  const auto phase = static_cast<std::size_t>(place);
  const auto share = static_cast<float>(place - static_cast<double>(phase));
  return Filter(at, phase) * (1 - share) + Filter(at, phase + 1) * share;
}

std::size_t Resampler::Pull(std::span<float> out) {
  std::size_t done = 0;
  if (pass_) {
    done = std::min(out.size(), input_.size() - next_);
    std::copy_n(input_.data() + next_, done, out.data());
    next_ += done;
    return done;
  }
  const auto end =
      finished_ ? (pushed_ * up_ + down_ - 1) / down_ : std::numeric_limits<std::uint64_t>::max();
  const auto whole = static_cast<std::size_t>(down_ / up_);
  const auto rest = down_ % up_;
  while (done < out.size() && pulled_ < end && next_ + taps_ <= input_.size()) {
    out[done++] = Output(input_.data() + next_);
    ++pulled_;
    next_ += whole;
    fraction_ += rest;
    if (fraction_ >= up_) {
      fraction_ -= up_;
      ++next_;
    }
  }
  return done;
}

}  // namespace cpw
