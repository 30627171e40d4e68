// mel: what the log-mel spectrogram costs, as one line of JSON. The window is 30 s long.
#include "core/mel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

int main() {
  constexpr std::size_t kSeconds = 30;
  constexpr std::size_t kSamples = kSeconds * 16'000;
  constexpr std::size_t kFrames = kSamples / 160;
  constexpr int kRepeats = 20;
  std::vector<float> samples(kSamples);
  for (std::size_t i = 0; i < kSamples; ++i) {
    samples[i] = 0.3f * std::sin(0.02f * static_cast<float>(i)) +
                 0.1f * std::sin(0.31f * static_cast<float>(i));
  }
  const cpw::MelSpectrogram mel(80);
  std::vector<float> out;
  double best = 1e9;
  for (int i = 0; i < kRepeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    mel.Compute(samples, kFrames, out);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
  // The sum keeps the work from being optimised away, and shows that it was done.
  double sum = 0;
  for (const float value : out) sum += value;
  std::printf("{\"wallS\":%.9f,\"audioS\":%zu,\"msPerAudioSecond\":%.6f,\"sum\":%.3f}\n", best,
              kSeconds, best * 1e3 / kSeconds, sum);
  return std::isfinite(sum) ? 0 : 1;
}
