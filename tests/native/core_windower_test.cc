#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/speech_windower.h"
#include "core/windower.h"
#include "core_fakes.h"

namespace cpw {
namespace {

using test::kFrame;
using test::ScriptedScorer;
using test::SignalSource;
using test::SpeechIn;

constexpr double kForever = std::numeric_limits<double>::infinity();
const VadOptions kVad{0.5, 0.35, 250, kForever, 100, 30};

std::int64_t Samples(double seconds) { return std::llround(seconds * kSampleRate); }

// The published rule over all probabilities at once, in its own terms.
std::vector<SampleRange> WholeFileRule(const std::vector<float>& probabilities,
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
};

// Speech and silence in runs of random length, with uncertain frames between.
Scene RandomScene(std::mt19937& random, double seconds) {
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

VadOptions RandomVad(std::mt19937& random, bool limited) {
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

std::vector<Window> AllWindows(Windower& windower) {
  std::vector<Window> windows;
  while (auto window = windower.Next()) windows.push_back(std::move(*window));
  return windows;
}

std::vector<Window> Cut(Scene scene, const VadOptions& vad, double window_s) {
  SignalSource source(scene.total);
  ScriptedScorer scorer(std::move(scene.probabilities));
  return AllWindows(*MakeWindower(source, &scorer, vad, window_s));
}

std::vector<Window> Cut(std::vector<std::pair<double, double>> speech, double total,
                        double window_s, const VadOptions& vad = kVad) {
  SignalSource source(Samples(total));
  ScriptedScorer scorer(SpeechIn(std::move(speech)));
  return AllWindows(*MakeWindower(source, &scorer, vad, window_s));
}

TEST(SpeechSegmenter, WhenFramesComeOneByOneThenSegmentsEqualTheRuleOverTheWholeFile) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::mt19937 random(seed);
    const Scene scene = RandomScene(random, 120);
    const VadOptions vad = RandomVad(random, true);
    SpeechSegmenter segmenter(vad);
    std::vector<SampleRange> found;
    const auto collect = [&] {
      while (const auto range = segmenter.Pop()) found.push_back(*range);
    };
    for (const float probability : scene.probabilities) {
      const std::int64_t promised = segmenter.earliest_begin();
      segmenter.Push(probability);
      const std::size_t before = found.size();
      collect();
      if (found.size() > before) {
        ASSERT_GE(found[before].begin, promised) << "seed " << seed;
      }
    }
    segmenter.Finish(scene.total);
    collect();
    const auto expected = WholeFileRule(scene.probabilities, vad, scene.total);
    ASSERT_EQ(found.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].begin, expected[i].begin) << "seed " << seed << ", segment " << i;
      ASSERT_EQ(found[i].end, expected[i].end) << "seed " << seed << ", segment " << i;
    }
  }
}

TEST(SpeechWindower, WhenThereIsNoAudioThenThereIsNoWindow) {
  EXPECT_TRUE(Cut({}, 0, 15).empty());
  EXPECT_TRUE(Cut({{0, 1}}, 0, 15).empty());
}

TEST(SpeechWindower, WhenThereIsNoSpeechThenThereIsNoWindow) {
  EXPECT_TRUE(Cut({}, 60, 15).empty());
}

TEST(SpeechWindower, WhenTheDetectorHearsSpeechInDigitalSilenceThenThereIsNoWindow) {
  SignalSource source(Samples(20), [](std::int64_t) { return 0.0f; });
  ScriptedScorer scorer(SpeechIn({{2, 9}}));
  EXPECT_TRUE(AllWindows(*MakeWindower(source, &scorer, kVad, 15)).empty());
}

TEST(SpeechWindower, WhenSilenceIsShortThenNeighboursShareAWindowWithTheAudioBetween) {
  const auto windows = Cut({{1, 3}, {4, 6}, {7.5, 9}}, 30, 15);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_NEAR(windows[0].start, 1, 0.1);
  EXPECT_NEAR(windows[0].start + windows[0].duration(), 9, 0.1);
  const auto first = Samples(windows[0].start);
  for (std::size_t i = 0; i < windows[0].samples.size(); ++i)
    ASSERT_EQ(windows[0].samples[i], SignalSource::At(first + static_cast<std::int64_t>(i)));
}

TEST(SpeechWindower, WhenSilenceIsLongThenNeighboursAreApart) {
  const auto windows = Cut({{1, 3}, {6, 8}}, 30, 15);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_NEAR(windows[1].start, 6, 0.1);
}

TEST(SpeechWindower, WhenTheNextSegmentDoesNotFitThenTheWindowEndsInTheSilence) {
  const auto windows = Cut({{0, 8}, {9, 17}, {18, 20}}, 30, 15);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_NEAR(windows[0].duration(), 8, 0.1);
  EXPECT_NEAR(windows[1].start, 9, 0.1);
  EXPECT_NEAR(windows[1].duration(), 11, 0.1);
}

TEST(SpeechWindower, WhenAShortSegmentStandsBeforeALongOneThenTheWindowIsFilledUpToAPause) {
  const auto at = [](std::int64_t frame) {
    const double t = static_cast<double>(frame * kFrame) / kSampleRate;
    if (t < 1 || (t > 1.5 && t < 13) || (t > 13.2 && t < 25)) return 0.9f;
    return 0.05f;
  };
  SignalSource source(Samples(30));
  ScriptedScorer scorer(at);
  VadOptions vad = kVad;
  vad.min_silence_duration_ms = 300;
  const auto windows = AllWindows(*MakeWindower(source, &scorer, vad, 15));
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_NEAR(windows[0].duration(), 13.1, 0.1);
}

TEST(SpeechWindower, WhenSpeechIsLongerThanAWindowThenItIsCutInTheDeepestPause) {
  std::vector<float> probabilities(1000, 0.9f);                                       // 32 s
  for (int i = 370; i < 376; ++i) probabilities[static_cast<std::size_t>(i)] = 0.6f;  // 11.9 s
  for (int i = 410; i < 416; ++i) probabilities[static_cast<std::size_t>(i)] = 0.5f;  // 13.2 s
  const auto windows = Cut(Scene{probabilities, 1000 * kFrame}, kVad, 15);
  ASSERT_EQ(windows.size(), 3u);
  const double cut = windows[0].start + windows[0].duration();
  EXPECT_GT(cut, 410 * 0.032);
  EXPECT_LT(cut, 416 * 0.032);
  EXPECT_DOUBLE_EQ(windows[1].start, cut);
}

TEST(SpeechWindower, WhenAWindowIsCompleteThenItComesBeforeTheRestIsRead) {
  SignalSource source(Samples(600));
  ScriptedScorer scorer(SpeechIn({{1, 4}, {300, 310}}));
  const auto windower = MakeWindower(source, &scorer, kVad, 15);
  ASSERT_TRUE(windower->Next());
  EXPECT_LT(windower->position(), 4 + 2 + 1);
}

TEST(SpeechWindower, WhenTheSpeechIsRandomThenWindowsKeepEveryPromise) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Scene scene = RandomScene(random, 120);
    const VadOptions vad = RandomVad(random, true);
    const double window_s = std::uniform_real_distribution<double>(1, 30)(random);
    const auto windows = Cut(scene, vad, window_s);

    std::int64_t end = 0;
    std::vector<SampleRange> ranges;
    for (const Window& window : windows) {
      const std::int64_t begin = Samples(window.start);
      ASSERT_GE(begin, end);
      end = begin + std::ssize(window.samples);
      ranges.push_back({begin, end});
      ASSERT_LE(window.duration(), window_s + 1e-4);
      ASSERT_GE(window.duration(), 0.1);
      ASSERT_LE(end, scene.total);
      ASSERT_EQ(window.samples.front(), SignalSource::At(begin));
      ASSERT_EQ(window.samples.back(), SignalSource::At(end - 1));
    }
    // All speech with its padding is in a window; what is under 0.1 s cannot be.
    for (const SampleRange& segment : WholeFileRule(scene.probabilities, vad, scene.total)) {
      std::int64_t missing = segment.end - segment.begin;
      for (const SampleRange& range : ranges) {
        missing -= std::max<std::int64_t>(
            0, std::min(range.end, segment.end) - std::max(range.begin, segment.begin));
      }
      ASSERT_LT(missing, 1600) << "segment at " << segment.begin;
      if (segment.end - segment.begin >= 1600 && std::isinf(vad.max_speech_duration_s)) {
        ASSERT_EQ(missing, 0) << "segment at " << segment.begin;
      }
    }
  }
}

TEST(SpeechWindower, WhenTheAudioLastsThreeHoursThenMemoryStaysThatOfAWindow) {
  std::mt19937 random(5);
  const double total = 3 * 3600;
  const auto frames = static_cast<std::size_t>(total * kSampleRate / kFrame) + 1;
  std::vector<float> probabilities;
  while (probabilities.size() < frames) {  // runs of speech up to minutes, silence up to minutes
    const float value = probabilities.size() % 2 ? 0.9f : 0.02f;
    const auto run = static_cast<std::size_t>(
        std::exponential_distribution<double>(random() % 4 ? 1 / 150.0 : 1 / 4000.0)(random));
    probabilities.insert(probabilities.end(), run + 1, value);
  }
  SignalSource source(Samples(total));
  ScriptedScorer scorer(std::move(probabilities));
  const auto windower = MakeWindower(source, &scorer, kVad, 15);
  std::size_t most = 0;
  int windows = 0;
  do {
    most = std::max(most, windower->buffered());
    while (windower->Take()) ++windows;
  } while (windower->Advance());
  EXPECT_GT(windows, 300);
  EXPECT_LT(static_cast<std::int64_t>(most), Samples(15 + 3));
  EXPECT_DOUBLE_EQ(windower->position(), total);
}

TEST(SeekWindower, WhenNothingIsSaidAboutTheLastWindowThenWindowsFollowEachOther) {
  SignalSource source(Samples(70));
  const auto windows = AllWindows(*MakeWindower(source, nullptr, std::nullopt, 30));
  ASSERT_EQ(windows.size(), 3u);
  EXPECT_DOUBLE_EQ(windows[1].start, 30);
  EXPECT_DOUBLE_EQ(windows[2].start, 60);
  EXPECT_DOUBLE_EQ(windows[2].duration(), 10);
}

TEST(SeekWindower, WhenPartOfAWindowIsConsumedThenTheNextOneBeginsThere) {
  SignalSource source(Samples(40));
  const auto windower = MakeWindower(source, nullptr, std::nullopt, 30);
  ASSERT_TRUE(windower->Next());
  windower->Consumed(22.5);
  const auto second = windower->Next();
  ASSERT_TRUE(second);
  EXPECT_DOUBLE_EQ(second->start, 22.5);
  EXPECT_DOUBLE_EQ(second->duration(), 17.5);
  EXPECT_EQ(second->samples.front(), SignalSource::At(Samples(22.5)));
  EXPECT_FALSE(windower->Next());
}

TEST(SeekWindower, WhenNoHeadwayIsReportedThenTheWholeWindowCounts) {
  for (const double consumed : {0.0, -3.0, 0.001, 1e300, std::nan(""), kForever, -kForever}) {
    SignalSource source(Samples(65));
    const auto windower = MakeWindower(source, nullptr, std::nullopt, 30);
    int windows = 0;
    while (windower->Next()) {
      windower->Consumed(consumed);
      ASSERT_LE(++windows, 3) << "consumed " << consumed;
    }
    EXPECT_EQ(windows, 3) << "consumed " << consumed;
  }
}

TEST(SeekWindower, WhenTheRestIsUnderATenthOfASecondThenItIsDropped) {
  SignalSource longer(Samples(30.11)), shorter(Samples(30.09)), tiny(Samples(0.05)), empty(0);
  EXPECT_EQ(AllWindows(*MakeWindower(longer, nullptr, std::nullopt, 30)).size(), 2u);
  EXPECT_EQ(AllWindows(*MakeWindower(shorter, nullptr, std::nullopt, 30)).size(), 1u);
  EXPECT_TRUE(AllWindows(*MakeWindower(tiny, nullptr, std::nullopt, 30)).empty());
  EXPECT_TRUE(AllWindows(*MakeWindower(empty, nullptr, std::nullopt, 30)).empty());
}

TEST(SeekWindower, WhenAWindowIsDigitalSilenceThenItIsSkipped) {
  SignalSource source(Samples(100), [](std::int64_t i) { return i < Samples(65) ? 0.0f : 0.2f; });
  const auto windows = AllWindows(*MakeWindower(source, nullptr, std::nullopt, 30));
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_DOUBLE_EQ(windows[0].start, 60);
  SignalSource silent(Samples(100), [](std::int64_t) { return 0.0f; });
  EXPECT_TRUE(AllWindows(*MakeWindower(silent, nullptr, std::nullopt, 30)).empty());
}

TEST(SeekWindower, WhenConsumptionIsRandomThenAudioIsCoveredAndMemoryBounded) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    std::mt19937 random(seed);
    SignalSource source(Samples(400));
    const auto windower = MakeWindower(source, nullptr, std::nullopt, 30);
    double expected = 0;
    std::size_t most = 0;
    while (auto window = windower->Next()) {
      ASSERT_NEAR(window->start, expected, 1e-4) << "seed " << seed;
      most = std::max(most, windower->buffered());
      const double consumed =
          std::uniform_real_distribution<double>(0.2, window->duration() + 0.2)(random);
      windower->Consumed(consumed);
      expected = window->start + std::min(consumed, window->duration());
    }
    EXPECT_NEAR(expected, 400, 0.2) << "seed " << seed;
    EXPECT_LT(static_cast<std::int64_t>(most), Samples(30.6)) << "seed " << seed;
  }
}

TEST(MakeWindower, WhenItsOptionsAreWrongThenTheErrorNamesThem) {
  SignalSource source(0);
  for (const double window_s : {0.0, 0.5, 30.5, std::nan("")})
    EXPECT_THROW(MakeWindower(source, nullptr, std::nullopt, window_s), CpwError);
  EXPECT_THROW(MakeWindower(source, nullptr, kVad, 15), CpwError);
}

TEST(Windower, WhenThirtyHoursHavePassedThenTimesAreExact) {
  const std::int64_t total = Samples(30.0 * 3600) + 16000;
  SpeechSegmenter segmenter(kVad);
  const std::int64_t frames = total / kFrame;
  for (std::int64_t i = 0; i < frames; ++i) segmenter.Push(i >= frames - 100 ? 0.9f : 0.0f);
  segmenter.Finish(total);
  const auto last = segmenter.Pop();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->begin, (frames - 100) * kFrame - 480);
  EXPECT_EQ(last->end, total);
}

}  // namespace
}  // namespace cpw
