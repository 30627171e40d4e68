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
  EXPECT_FLOAT_EQ(second->samples.front(), SignalSource::At(Samples(22.5)));
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
