#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "core_driver_fixtures.h"

namespace cpw {
namespace {

using namespace driver_test;

class ContextTest : public ::testing::Test {
 protected:
  // Runs three windows; what each was asked is in asked_.
  void Run(TranscriptionOptions options, double temperature = 0) {
    FakeRecognizer recognizer(
        2, [&](int index, const Window& window, const DecodeOptions& asked, Job&) {
          {
            std::lock_guard lock(mutex_);
            asked_.push_back(asked);
          }
          WindowResult result = OneSegment(index, window);
          result.segments[0].temperature = temperature;
          return result;
        });
    SignalSource source(Samples(60));
    ScriptedScorer scorer(SpeechIn({{1, 9}, {21, 29}, {41, 49}}));
    Events events;
    Transcribe(recognizer, source, &scorer, options, Recording(events));
    most_in_flight_ = recognizer.most_in_flight;
    ASSERT_EQ(asked_.size(), 3U);
  }

  std::mutex mutex_;
  std::vector<DecodeOptions> asked_;
  int most_in_flight_ = 0;
};

TEST_F(ContextTest, WhenTextIsTheNextWindowsPromptThenWindowsWaitForEachOther) {
  TranscriptionOptions options = Options(true);
  options.decode.condition_on_previous_text = true;
  Run(options);
  EXPECT_EQ(most_in_flight_, 1);
  EXPECT_EQ(asked_[0].previous_text, "");
  EXPECT_EQ(asked_[1].previous_text, " window 0");
  EXPECT_EQ(asked_[2].previous_text, " window 0 window 1");
}

TEST_F(ContextTest, WhenATextWasDrawnAtAHighTemperatureThenWhatWasBeforeIsForgotten) {
  TranscriptionOptions options = Options(true);
  options.decode.condition_on_previous_text = true;
  Run(options, 0.8);
  EXPECT_EQ(asked_[2].previous_text, " window 1");
}

TEST_F(ContextTest, WhenWindowsAreOnTheirOwnThenNothingIsSaidOfTheOthers) {
  Run(Options(true));
  for (const DecodeOptions& asked : asked_) EXPECT_EQ(asked.previous_text, "");
}

TEST_F(ContextTest, WhenAPrefixIsGivenThenTheFirstWindowAloneHasIt) {
  TranscriptionOptions options = Options(true);
  options.decode.prefix = "Well,";
  options.decode.condition_on_previous_text = true;  // in order
  Run(options);
  EXPECT_EQ(asked_[0].prefix, "Well,");
  EXPECT_EQ(asked_[1].prefix, "");
}

TEST_F(ContextTest, WhenSeveralLanguagesAreSpokenThenEachWindowDecidesForItself) {
  TranscriptionOptions options = Options(true, "");
  options.decode.multilingual = true;
  Run(options);
  for (const DecodeOptions& asked : asked_) EXPECT_EQ(asked.language, "");
}

}  // namespace
}  // namespace cpw
