#include <gtest/gtest.h>

#include "core/clip_transcription.h"
#include "core_driver_fixtures.h"
#include "media/clip_source.h"

namespace cpw {
namespace {

using namespace driver_test;

constexpr std::uint64_t kSecond = kSampleRate;

struct Outcome {
  std::vector<std::pair<double, double>> windows;
  std::vector<std::string> prefixes;
  int scorers = 0;
  TranscriptionResult result;
  Events events;
};

Outcome RunClips(std::vector<ClipRange> clips, const TranscriptionOptions& options,
                 const std::shared_ptr<SignalSource>& whole) {
  Outcome outcome;
  ClipSource source(whole, std::move(clips));
  FakeRecognizer recognizer(
      1, [&](int index, const Window& window, const DecodeOptions& decode, Job&) {
        outcome.windows.push_back({window.start, window.duration()});
        WindowResult result = OneSegment(index, window);
        result.segments[0].language = decode.language;
        outcome.prefixes.push_back(decode.prefix);
        return result;
      });
  const auto scorer = [&]() -> std::unique_ptr<SpeechScorer> {
    if (!options.vad) return nullptr;
    ++outcome.scorers;
    return std::make_unique<ScriptedScorer>(SpeechIn({{0, 1000}}));
  };
  outcome.result = TranscribeClips(recognizer, source, scorer, options, Recording(outcome.events));
  return outcome;
}

TEST(TranscribeClips, WhenThereAreSeveralThenTimesAreAbsoluteAndNoWindowCrossesAGap) {
  for (const bool vad : {true, false}) {
    const auto whole = std::make_shared<SignalSource>(Samples(100));
    const auto outcome = RunClips(
        {{10 * kSecond, 15 * kSecond}, {16 * kSecond, 30 * kSecond}, {70 * kSecond, 72 * kSecond}},
        Options(vad, "", 30), whole);
    ASSERT_EQ(outcome.windows.size(), 3u) << vad;
    const double starts[] = {10, 16, 70};
    const double ends[] = {15, 30, 72};
    ASSERT_EQ(outcome.events.segments.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(outcome.events.segments[i].start, starts[i], 0.1);
      EXPECT_NEAR(outcome.events.segments[i].end, ends[i], 0.1);
      // Asked once, of the first clip.
      EXPECT_EQ(outcome.events.segments[i].language, "de");
    }
    EXPECT_EQ(outcome.scorers, vad ? 3 : 0);
    EXPECT_EQ(outcome.result.language, "de");
    EXPECT_DOUBLE_EQ(outcome.result.duration, 62);
    ExpectProgress(outcome.events.progress);
    EXPECT_EQ(whole->position(), Samples(72));
  }
}

TEST(TranscribeClips, WhenThereIsAPrefixThenOnlyTheFirstClipBeginsWithIt) {
  TranscriptionOptions options = Options(false, "en", 30);
  options.decode.prefix = "So";
  const auto outcome = RunClips({{0, kSecond}, {2 * kSecond, 3 * kSecond}}, options,
                                std::make_shared<SignalSource>(Samples(20)));
  EXPECT_EQ(outcome.prefixes, (std::vector<std::string>{"So", ""}));
}

TEST(TranscribeClips, WhenTheLastEndsWithTheAudioThenTheDurationSaysWhere) {
  const auto whole = std::make_shared<SignalSource>(Samples(20));
  const auto outcome = RunClips({{kSecond, 2 * kSecond}, {15 * kSecond, std::nullopt}},
                                Options(false, "en", 30), whole);
  EXPECT_DOUBLE_EQ(outcome.result.duration, 19);
  EXPECT_DOUBLE_EQ(outcome.events.segments.back().end, 20);
  ExpectProgress(outcome.events.progress);
}

TEST(TranscribeClips, WhenALaterClipLiesBehindTheAudioThenTheJobFailsAndNamesIt) {
  const auto whole = std::make_shared<SignalSource>(Samples(20));
  try {
    RunClips({{kSecond, 2 * kSecond}, {30 * kSecond, 31 * kSecond}}, Options(false), whole);
    FAIL() << "nothing was thrown";
  } catch (const CpwError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidOptions);
    EXPECT_NE(std::string(error.what()).find("clip 2"), std::string::npos);
  }
}

TEST(TranscribeClips, WhenTheJobIsAbortedInALaterClipThenItEnds) {
  const auto whole = std::make_shared<SignalSource>(Samples(100));
  whole->BlockAt(Samples(50));
  ClipSource source(whole, {{kSecond, 2 * kSecond}, {40 * kSecond, 60 * kSecond}});
  FakeRecognizer recognizer(1, [](int index, const Window& window, const DecodeOptions&, Job&) {
    return OneSegment(index, window);
  });
  const auto job = std::make_shared<Job>();
  std::thread aborter([&] {
    whole->WaitUntilBlocked();
    job->Abort();
  });
  EXPECT_THROW(TranscribeClips(
                   recognizer, source, [] { return std::unique_ptr<SpeechScorer>(); },
                   Options(false, "en", 30), job),
               Aborted);
  aborter.join();
}

}  // namespace
}  // namespace cpw
