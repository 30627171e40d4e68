#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "core/timeline.h"
#include "core/transcription.h"
#include "core_driver_fixtures.h"
#include "core_fakes.h"

namespace cpw {
namespace {

using namespace driver_test;

TEST(Timeline, WhenTheEngineSaysNonsenseThenTimesAreStillInOrder) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto time = [&](double limit) {
      switch (random() % 8) {
        case 0:
          return std::numeric_limits<double>::quiet_NaN();
        case 1:
          return kForever;
        case 2:
          return limit;
        default:
          return std::uniform_real_distribution<double>(-3, limit + 3)(random);
      }
    };
    Timeline timeline;
    double clock = 0, start = 0, end = 0, high = 0;
    for (int w = 0; w < 5; ++w) {
      // Windows with a detector follow each other; those without overlap.
      Window window{clock, std::vector<float>(static_cast<std::size_t>(
                               Samples(std::uniform_real_distribution<double>(0.5, 3)(random))))};
      const bool overlaps = random() % 2;
      if (window.start + window.duration() < high) continue;
      high = window.start + window.duration();
      clock += overlaps ? window.duration() / 3 : window.duration();
      std::vector<Segment> segments(random() % 12);
      for (Segment& segment : segments) {
        segment.start = time(window.duration());
        segment.end = time(window.duration());
        segment.text = random() % 5 ? "text" : " \n";
        segment.words.resize(random() % 20);
        for (Word& word : segment.words) {
          word.start = time(window.duration());
          word.end = time(window.duration());
          word.word = random() % 5 ? "word" : "";
        }
      }
      for (const Segment& segment : timeline.Place(window, segments)) {
        ASSERT_EQ(segment.text, "text");
        ASSERT_GE(segment.start, start);
        if (!overlaps && window.start >= end) {
          ASSERT_GE(segment.start, end);
        }
        ASSERT_GT(segment.end, segment.start);
        ASSERT_GE(segment.start, window.start);
        ASSERT_LE(segment.end, high);
        start = segment.start;
        end = segment.end;
        double word_end = segment.start;
        for (const Word& word : segment.words) {
          ASSERT_EQ(word.word, "word");
          ASSERT_GE(word.start, word_end);
          ASSERT_GT(word.end, word.start);
          ASSERT_LE(word.end, segment.end);
          word_end = word.end;
        }
      }
    }
  }
}

TEST(Timeline, WhenTimesAreSoundThenTheyAreOnlyShifted) {
  Timeline timeline;
  const Window window{100, std::vector<float>(16000 * 10)};
  Segment first, second;
  first.start = 0.5;
  first.end = 3;
  first.text = "one two";
  first.words = {{0.5, 1, "one", 0.9}, {1.2, 3, "two", 0.8}};
  second.start = 3;
  second.end = 3.02;
  second.text = "three";
  const auto placed = timeline.Place(window, {first, second});
  ASSERT_EQ(placed.size(), 2u);
  EXPECT_DOUBLE_EQ(placed[0].start, 100.5);
  EXPECT_DOUBLE_EQ(placed[0].end, 103);
  EXPECT_DOUBLE_EQ(placed[0].words[1].start, 101.2);
  EXPECT_DOUBLE_EQ(placed[1].start, 103);
  EXPECT_NEAR(placed[1].end, 103.02, 1e-9);
}

TEST(Timeline, WhenAnEngineRoundsBeyondWhatAProbabilityIsThenTheSegmentStaysWithin) {
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    WindowResult result = OneSegment(index, window);
    result.segments[0].avg_logprob = 1e-7;
    result.segments[0].no_speech_prob = 1.0000001;
    result.segments[0].words = {{0, 1, "word", 1.0000001}};
    return result;
  });
  recognizer.languages = {{"de", 1.0000001}};
  SignalSource source(Samples(5));
  Events events;
  const auto result =
      Transcribe(recognizer, source, nullptr, Options(false, ""), Recording(events));
  EXPECT_EQ(result.language_probability, 1);
  ASSERT_EQ(events.segments.size(), 1u);
  EXPECT_EQ(events.segments[0].avg_logprob, 0);
  EXPECT_EQ(events.segments[0].no_speech_prob, 1);
  EXPECT_EQ(events.segments[0].words.at(0).probability, 1);
}

}  // namespace
}  // namespace cpw
