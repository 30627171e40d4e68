#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/speech_windower.h"
#include "core/windower.h"
#include "core_fakes.h"
#include "core_scenes.h"

namespace cpw {
namespace {

using namespace scenes_test;

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

TEST(SpeechWindower, WhenAWindowIsHandedOnThenItSaysWhereItsSpeechIs) {
  const auto windows = Cut({{1, 3}, {4, 6}, {20, 52}}, 60, 15);
  ASSERT_GE(windows.size(), 3u);
  for (const Window& window : windows) {
    const auto frames = static_cast<std::size_t>(std::ssize(window.samples) / kFrame);
    EXPECT_GE(window.speech.size(), frames);
    EXPECT_LE(window.speech.size(), frames + 2);
    const auto first = static_cast<std::int64_t>(window.start * kSampleRate) / kFrame;
    for (std::size_t i = 0; i < window.speech.size(); ++i) {
      const double at =
          static_cast<double>((first + static_cast<std::int64_t>(i)) * kFrame) / kSampleRate;
      const bool spoken = (at >= 1 && at < 3) || (at >= 4 && at < 6) || (at >= 20 && at < 52);
      EXPECT_EQ(window.speech[i] > 0.5f, spoken) << at;
    }
  }
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
  const auto loud = [](std::int64_t) { return 0.2f; };
  const auto windows = Cut(Scene{probabilities, 1000 * kFrame, loud}, kVad, 15);
  ASSERT_EQ(windows.size(), 3u);
  const double cut = windows[0].start + windows[0].duration();
  EXPECT_GT(cut, 410 * 0.032);
  EXPECT_LT(cut, 416 * 0.032);
  EXPECT_DOUBLE_EQ(windows[1].start, cut);
}

TEST(SpeechWindower, WhenSomebodyTalksOnAndOnThenTheCutIsWhereItIsQuietest) {
  const std::vector<float> probabilities(1000, 0.99f);
  const auto voice = [](std::int64_t i) {
    return i / kFrame >= 380 && i / kFrame < 386 ? 0.01f : 0.2f;
  };
  const auto windows = Cut(Scene{probabilities, 1000 * kFrame, voice}, kVad, 15);
  ASSERT_EQ(windows.size(), 3u);
  const double cut = windows[0].start + windows[0].duration();
  EXPECT_GT(cut, 380 * 0.032);
  EXPECT_LT(cut, 386 * 0.032);
}

TEST(SpeechWindower, WhenAWindowIsCompleteThenItComesBeforeTheRestIsRead) {
  SignalSource source(Samples(600));
  ScriptedScorer scorer(SpeechIn({{1, 4}, {300, 310}}));
  const auto windower = MakeWindower(source, &scorer, kVad, 15);
  ASSERT_TRUE(windower->Next());
  EXPECT_LT(windower->position(), 4 + 2 + 1);
}

TEST(SpeechWindower, WhenMuchIsSaidThenTheFirstWindowEndsInAnEarlyPause) {
  const auto lengths = [](const std::vector<std::pair<double, double>>& speech,
                          const VadOptions& vad = kVad) {
    SignalSource source(Samples(60));
    ScriptedScorer scorer(SpeechIn(speech));
    std::vector<double> result;
    for (const Window& window : AllWindows(*MakeWindower(source, &scorer, vad, 24))) {
      result.push_back(window.duration());
    }
    return result;
  };
  // It ends in a pause of its first 10 s, and the next one is a long one again.
  const auto early = lengths({{1, 5}, {6, 14}, {15, 26}});
  ASSERT_EQ(early.size(), 2u);
  EXPECT_NEAR(early[0], 4.5, 0.5);
  EXPECT_GT(early[1], 19);
  // Talk with a breath that ends no segment, and without one.
  VadOptions vad = kVad;
  vad.min_silence_duration_ms = 2000;
  const auto open = lengths({{1, 9}, {9.3, 50}}, vad);
  ASSERT_GE(open.size(), 3u);
  EXPECT_NEAR(open[0], 8.2, 0.2);
  EXPECT_GT(open[1], 15);
  EXPECT_GT(lengths({{1, 50}})[0], 15);
  // What ends soon stays in one piece.
  EXPECT_EQ(lengths({{1, 5}, {6, 14}, {15, 23}}).size(), 1u);
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

}  // namespace
}  // namespace cpw
