#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/audio_source.h"
#include "core/loudness.h"
#include "core/word_times.h"

namespace cpw {
namespace {

constexpr double kNear = 0.02;

// A tone where a span says so, near silence elsewhere.
std::vector<float> Sounds(double seconds, const std::vector<SpeechSegment>& spans) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * kSampleRate));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double at = static_cast<double>(i) / kSampleRate;
    float volume = 1e-4f;
    for (const SpeechSegment& span : spans) {
      if (at >= span.start && at < span.end) volume = 0.3f;
    }
    samples[i] = volume * std::sin(0.2f * static_cast<float>(i));
  }
  return samples;
}

Segment Saying(std::vector<Word> words) {
  Segment segment;
  segment.start = words.front().start;
  segment.end = words.back().end;
  segment.words = std::move(words);
  return segment;
}

std::vector<Word> Repaired(std::vector<Word> words, const std::vector<float>& samples,
                           double delay = 0) {
  std::vector<Segment> segments{Saying(std::move(words))};
  RepairWordTimes(segments, samples, delay);
  EXPECT_EQ(segments[0].start, segments[0].words.front().start);
  EXPECT_EQ(segments[0].end, segments[0].words.back().end);
  return segments[0].words;
}

TEST(Loudness, WhenThereArePausesThenSpansLieBetweenThem) {
  const auto spans = Loudness(Sounds(3, {{0.5, 1.2}, {1.6, 2.5}})).Spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_NEAR(spans[0].start, 0.5, kNear);
  EXPECT_NEAR(spans[0].end, 1.2, kNear);
  EXPECT_NEAR(spans[1].start, 1.6, kNear);
  EXPECT_NEAR(spans[1].end, 2.5, kNear);
}

TEST(Loudness, WhenAGapIsAPlosivesClosureThenItIsNoPause) {
  EXPECT_EQ(Loudness(Sounds(2, {{0.5, 1}, {1.06, 1.5}})).Spans().size(), 1U);
}

TEST(Loudness, WhenThereIsNothingToHearThenThereIsNoHarm) {
  EXPECT_TRUE(Loudness({}).Spans().empty());
  EXPECT_DOUBLE_EQ(Loudness({}).QuietestNear(1.5), 1.5);
  const std::vector<float> broken(16000, std::nanf(""));
  for (const SpeechSegment& span : Loudness(broken).Spans()) EXPECT_LT(span.start, span.end);
}

TEST(Loudness, WhenABorderIsBesideAGapThenItMovesThere) {
  const Loudness loudness(Sounds(2, {{0.2, 1}, {1.06, 1.8}}));
  EXPECT_NEAR(loudness.QuietestNear(0.97), 1.03, kNear);
  EXPECT_NEAR(loudness.QuietestNear(1.09), 1.03, kNear);
  EXPECT_NEAR(loudness.QuietestNear(0.6), 0.6, 0.08);
}

TEST(WordTimes, WhenAWordHoldsThePauseThenItIsTakenOut) {
  const auto samples = Sounds(3, {{0.3, 1}, {2, 2.6}});
  // The first word was given the silence in front, the second the pause.
  const auto words = Repaired({{0, 1.1, "one", 1}, {1.1, 2.7, "two", 1}}, samples);
  EXPECT_NEAR(words[0].start, 0.3, kNear);
  EXPECT_NEAR(words[0].end, 1, kNear);
  EXPECT_NEAR(words[1].start, 2, kNear);
  EXPECT_NEAR(words[1].end, 2.6, kNear);
}

TEST(WordTimes, WhenAWordEndsJustShortOfThePauseThenItReachesIt) {
  const auto words = Repaired({{0.45, 0.85, "one", 1}}, Sounds(2, {{0.3, 1}}));
  EXPECT_NEAR(words[0].start, 0.3, kNear);
  EXPECT_NEAR(words[0].end, 1, kNear);
}

TEST(WordTimes, WhenAWordBeginsFarFromThePauseThenItStays) {
  const auto words = Repaired({{0.8, 1.2, "one", 1}}, Sounds(3, {{0.3, 2.5}}));
  EXPECT_NEAR(words[0].start, 0.8, 0.08);
  EXPECT_NEAR(words[0].end, 1.2, 0.08);
}

TEST(WordTimes, WhenTheAttentionComesLateThenTimesArePutEarlier) {
  const std::vector<float> tone = Sounds(3, {{0, 3}});
  const auto late = Repaired({{1, 1.5, "one", 1}}, tone, 0.1);
  const auto exact = Repaired({{0.9, 1.4, "one", 1}}, tone);
  EXPECT_NEAR(late[0].start, exact[0].start, 1e-9);
  EXPECT_NEAR(late[0].end, exact[0].end, 1e-9);
}

// Where noise hides the pauses, the rules of OpenAI's alignment hold.
TEST(WordTimes, WhenAWordBehindASentenceIsFarLongerThanTheOthersThenItIsShortened) {
  const auto words = Repaired({{0.2, 0.5, "a", 1},
                               {0.5, 0.8, "b", 1},
                               {0.8, 1.1, "c.", 1},
                               {1.1, 4.1, "D", 1},
                               {4.1, 4.4, "e", 1}},
                              Sounds(5, {{0, 5}}));
  EXPECT_GT(words[3].start, 3.3);
  EXPECT_LT(words[2].end, 1.3);
}

TEST(WordTimes, WhenAWordPassesASegmentsTimeTokenByFarThenTheTokenBoundsIt) {
  Segment segment = Saying({{0, 1.5, "a", 1}, {1.5, 1.8, "b", 1}, {1.8, 4, "c", 1}});
  segment.start = 1.2;
  segment.end = 2.2;
  std::vector<Segment> segments{segment};
  RepairWordTimes(segments, Sounds(5, {{0, 5}}), 0);
  EXPECT_GT(segments[0].start, 0.6);
  EXPECT_LT(segments[0].end, 3.4);
}

TEST(WordTimes, WhenASegmentHasNoWordsThenItsTimesStay) {
  Segment silent;
  silent.start = 1;
  silent.end = 2;
  std::vector<Segment> segments{silent};
  RepairWordTimes(segments, Sounds(3, {}), 0);
  EXPECT_EQ(segments[0].start, 1);
  EXPECT_EQ(segments[0].end, 2);
}

}  // namespace
}  // namespace cpw
