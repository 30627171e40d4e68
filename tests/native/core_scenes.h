#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "core/speech_windower.h"
#include "core/windower.h"
#include "core_fakes.h"

namespace cpw::scenes_test {

using test::kFrame;
using test::ScriptedScorer;
using test::SignalSource;
using test::SpeechIn;

constexpr double kForever = std::numeric_limits<double>::infinity();
inline const VadOptions kVad{0.5, 0.35, 250, kForever, 100, 30};

inline std::int64_t Samples(double seconds) { return std::llround(seconds * kSampleRate); }

// The published rule over all probabilities at once, in its own terms.
inline std::vector<SampleRange> WholeFileRule(const std::vector<float>& probabilities,
                                              const VadOptions& vad, std::int64_t total) {
  const std::int64_t least_speech = 16 * vad.min_speech_duration_ms;
  const std::int64_t least_silence = 16 * vad.min_silence_duration_ms;
  const std::int64_t pad = 16 * vad.speech_pad_ms;
  const double most =
      kSampleRate * vad.max_speech_duration_s - 512.0 - 2.0 * static_cast<double>(pad);
  std::vector<SampleRange> found;
  std::optional<std::int64_t> start;
  std::int64_t quiet = 0, pause = 0, resume = 0;
  const auto close = [&](std::int64_t end) {
    found.push_back({*start, end});
    start.reset();
    quiet = pause = resume = 0;
  };
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i) * kFrame;
    const bool speech = probabilities[i] >= vad.threshold;
    if (speech && quiet) {
      quiet = 0;
      if (resume < pause) resume = at;
    }
    if (speech && !start) {
      start = at;
      continue;
    }
    if (start && static_cast<double>(at - *start) > most) {
      if (!pause) {
        close(at);
        continue;
      }
      const std::int64_t again = resume;
      const bool goes_on = resume >= pause;
      close(pause);
      if (goes_on) start = again;
    }
    if (probabilities[i] >= vad.neg_threshold || !start) continue;
    if (!quiet) quiet = at;
    if (at - quiet > 1568) pause = quiet;
    if (at - quiet < least_silence) continue;
    if (quiet - *start > least_speech) {
      close(quiet);
    } else {
      start.reset();
      quiet = pause = resume = 0;
    }
  }
  if (start && total - *start > least_speech) close(total);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i == 0) found[i].begin = std::max<std::int64_t>(0, found[i].begin - pad);
    if (i + 1 == found.size()) {
      found[i].end = std::min(total, found[i].end + pad);
      continue;
    }
    const std::int64_t gap = found[i + 1].begin - found[i].end;
    const std::int64_t share = gap < 2 * pad ? gap / 2 : pad;
    found[i].end += share;
    found[i + 1].begin -= share;
  }
  return found;
}

struct Scene {
  std::vector<float> probabilities;
  std::int64_t total = 0;
  std::function<float(std::int64_t)> signal = SignalSource::At;
};

// Speech and silence in runs of random length, with uncertain frames between.
inline Scene RandomScene(std::mt19937& random, double seconds) {
  Scene scene;
  scene.total = Samples(std::uniform_real_distribution<double>(0.01, seconds)(random));
  const auto frames = static_cast<std::size_t>((scene.total + kFrame - 1) / kFrame);
  const double typical = std::uniform_real_distribution<double>(2, 400)(random);
  const float noise = std::uniform_real_distribution<float>(0, 0.6f)(random);
  bool speech = random() % 2;
  while (scene.probabilities.size() < frames) {
    auto run =
        static_cast<std::size_t>(std::exponential_distribution<double>(1 / typical)(random)) + 1;
    for (; run > 0 && scene.probabilities.size() < frames; --run) {
      const float shake = std::uniform_real_distribution<float>(0, noise)(random);
      scene.probabilities.push_back(speech ? 0.95f - shake : 0.05f + shake);
    }
    speech = !speech;
  }
  return scene;
}

inline VadOptions RandomVad(std::mt19937& random, bool limited) {
  const double threshold = std::uniform_real_distribution<double>(0.2, 0.8)(random);
  const auto any = [&](int most) {
    return static_cast<int>(random() % static_cast<unsigned>(most));
  };
  return {
      threshold,
      threshold - 0.15,
      any(600),
      limited && random() % 2 ? std::uniform_real_distribution<double>(1, 40)(random) : kForever,
      any(2500),
      any(600)};
}

inline std::vector<Window> AllWindows(Windower& windower) {
  std::vector<Window> windows;
  while (auto window = windower.Next()) windows.push_back(std::move(*window));
  return windows;
}

inline std::vector<Window> Cut(Scene scene, const VadOptions& vad, double window_s) {
  SignalSource source(scene.total, std::move(scene.signal));
  ScriptedScorer scorer(std::move(scene.probabilities));
  return AllWindows(*MakeWindower(source, &scorer, vad, window_s));
}

inline std::vector<Window> Cut(std::vector<std::pair<double, double>> speech, double total,
                               double window_s, const VadOptions& vad = kVad) {
  SignalSource source(Samples(total));
  ScriptedScorer scorer(SpeechIn(std::move(speech)));
  return AllWindows(*MakeWindower(source, &scorer, vad, window_s));
}

}  // namespace cpw::scenes_test
