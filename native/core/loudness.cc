#include "core/loudness.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/audio_source.h"

namespace cpw {
namespace {

constexpr std::size_t kHop = kSampleRate / 100;
constexpr double kFloor = 1e-7;  // power; what is below is equally silent

// The numbers were chosen on the recordings of tests/data/audio/words and real, with both models.
constexpr std::ptrdiff_t kReach = 8;  // steps that a border may move
constexpr double kFarCost = 20;       // decibels that the farthest of them must be quieter
constexpr double kLoudShare = 0.9;    // this share of the audio is quieter than loud speech
constexpr double kPauseDepth = 22;    // decibels below loud speech
constexpr std::ptrdiff_t kShortestPause = 10;  // steps; closures of plosives are shorter
constexpr std::ptrdiff_t kShortestSound = 3;

std::vector<double> Powers(std::span<const float> samples) {
  std::vector<double> powers;
  for (std::size_t begin = 0; begin < samples.size(); begin += kHop) {
    const auto hop = samples.subspan(begin, std::min(kHop, samples.size() - begin));
    double sum = 0;
    for (const float x : hop) sum += static_cast<double>(x) * x;
    powers.push_back(std::isfinite(sum) ? sum / static_cast<double>(hop.size()) : 0);
  }
  return powers;
}

// The mean of `count` neighbours, fewer at the ends.
std::vector<double> Mean(const std::vector<double>& values, std::size_t before, std::size_t count) {
  std::vector<double> means;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t begin = i - std::min(i, before);
    const std::size_t end = std::min(values.size(), i + count - before);
    double sum = 0;
    for (std::size_t j = begin; j < end; ++j) sum += values[j];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  return means;
}

double Seconds(std::ptrdiff_t step) { return static_cast<double>(step) / 100; }

}  // namespace

Loudness::Loudness(std::span<const float> samples) {
  // The two hops around each moment, then three moments: 40 ms in all.
  std::vector<double> decibels = Mean(Powers(samples), 1, 2);
  for (double& value : decibels) value = 10 * std::log10(value + kFloor);
  decibels_ = Mean(decibels, 1, 3);
}

double Loudness::QuietestNear(double seconds) const {
  const auto last = std::ssize(decibels_) - 1;
  if (last < 0 || !std::isfinite(seconds)) return seconds;
  const double at = std::clamp(seconds * 100, 0.0, static_cast<double>(last));
  const auto middle = static_cast<std::ptrdiff_t>(std::lround(at));
  std::ptrdiff_t best = middle;
  double least = 0;
  for (auto i = std::max<std::ptrdiff_t>(middle - kReach, 0); i <= std::min(middle + kReach, last);
       ++i) {
    const double distance = (static_cast<double>(i) - at) / kReach;
    const double cost = decibels_[static_cast<std::size_t>(i)] + kFarCost * distance * distance;
    if (i == std::max<std::ptrdiff_t>(middle - kReach, 0) || cost < least) {
      best = i;
      least = cost;
    }
  }
  return Seconds(best);
}

std::vector<SpeechSegment> Loudness::Spans() const {
  if (decibels_.empty()) return {};
  std::vector<double> sorted = decibels_;
  const auto loud = sorted.begin() + static_cast<std::ptrdiff_t>(
                                         kLoudShare * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), loud, sorted.end());
  const double threshold = *loud - kPauseDepth;

  struct Run {
    std::ptrdiff_t begin, end;
  };
  std::vector<Run> runs;
  for (std::ptrdiff_t i = 0; i < std::ssize(decibels_); ++i) {
    if (decibels_[static_cast<std::size_t>(i)] < threshold) continue;
    if (!runs.empty() && i - runs.back().end < kShortestPause) {
      runs.back().end = i + 1;
    } else {
      runs.push_back({i, i + 1});
    }
  }
  std::vector<SpeechSegment> spans;
  for (const Run& run : runs) {
    if (run.end - run.begin >= kShortestSound)
      spans.push_back({Seconds(run.begin), Seconds(run.end)});
  }
  return spans;
}

}  // namespace cpw
