#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "decoding_fixtures.h"
#include "engines/ctranslate2/recognizer.h"

namespace cpw {
namespace {

using testing::MakeTinyModel;
using testing::ModelFolder;
using testing::TinyModel;

std::shared_ptr<const Window> Sound(int pitch) {
  auto window = std::make_shared<Window>();
  window->samples.resize(2 * kSampleRate);
  for (std::size_t i = 0; i < window->samples.size(); ++i) {
    window->samples[i] = 0.3F * std::sin(static_cast<float>(i) * 0.01F * static_cast<float>(pitch));
  }
  return window;
}

std::string Written(const WindowResult& result) {
  std::string all = result.language;
  for (const Segment& segment : result.segments) {
    all += "|" + std::to_string(segment.start) + " " + segment.text + " " +
           std::to_string(segment.avg_logprob);
  }
  return all;
}

// A model with random weights. Of its text tokens only a few may be written, so that texts end now
// and then and the searches have something to weigh up.
class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() {
    Job job;
    recognizer_ = std::make_unique<CTranslate2Recognizer>(
        CTranslate2LoadOptions{{folder_.path(), "cpu", 0, "float32", 1, 1}, 4, 60}, job);
    base_ = DefaultDecoding();
    base_.temperatures = {0};
    base_.log_prob_threshold = -1000;
    base_.compression_ratio_threshold = 0;
    base_.no_speech_threshold = 1;
    base_.suppress_tokens.clear();
    for (int id = 0; id < static_cast<int>(model_.IdOf("<|endoftext|>")); ++id) {
      if (id % 40 != 7) base_.suppress_tokens.push_back(id);
    }
  }

  WindowResult Run(const DecodeOptions& options, int pitch = 3) {
    return recognizer_->Submit(Sound(pitch), options, std::make_shared<Job>()).get();
  }
  // Whether any of some sounds is written in another way than with base_.
  bool Changes(const std::function<void(DecodeOptions&)>& change) {
    DecodeOptions changed = base_;
    change(changed);
    for (int pitch = 1; pitch < 12; ++pitch) {
      if (Written(Run(changed, pitch)) != Written(Run(base_, pitch))) return true;
    }
    return false;
  }

  const TinyModel model_ = MakeTinyModel();
  const ModelFolder folder_{model_};
  std::unique_ptr<CTranslate2Recognizer> recognizer_;
  DecodeOptions base_;
};

TEST_F(OptionsTest, WhenNothingChangesThenNeitherDoesTheText) {
  EXPECT_FALSE(Changes([](DecodeOptions&) {}));
}

TEST_F(OptionsTest, WhenTheBeamIsWiderThenTheTextIsAnother) {
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.beam_size = 5; }));
}

TEST_F(OptionsTest, WhenPatienceGrowsThenTheBeamFindsAnotherText) {
  base_.beam_size = 3;
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.patience = 0.3; }) ||
              Changes([](DecodeOptions& options) { options.patience = 4; }));
}

TEST_F(OptionsTest, WhenLengthIsNotHeededThenTheBeamPrefersAnotherText) {
  base_.beam_size = 5;
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.length_penalty = 0; }));
}

TEST_F(OptionsTest, WhenRepetitionCostsThenTheTextIsAnother) {
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.repetition_penalty = 3; }));
}

TEST_F(OptionsTest, WhenPhrasesMayNotComeAgainThenTheTextIsAnother) {
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.no_repeat_ngram_size = 2; }));
}

TEST_F(OptionsTest, WhenTextsAreDrawnThenTheTemperatureAndHowManyDecide) {
  base_.temperatures = {0.8};
  base_.best_of = 1;
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.temperatures = {0}; }));
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.temperatures = {0.3}; }));
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.best_of = 6; }));
  EXPECT_FALSE(Changes([](DecodeOptions&) {}));
}

TEST_F(OptionsTest, WhenTokensAreSuppressedThenTheTextLacksThem) {
  base_.suppress_tokens.clear();
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.suppress_tokens = {-1}; }));
  for (int id = 0; id < static_cast<int>(model_.IdOf("<|endoftext|>")); ++id) {
    if (id != 'x') base_.suppress_tokens.push_back(id);
  }
  for (const Segment& segment : Run(base_).segments) {
    EXPECT_EQ(segment.text.find_first_not_of('x'), std::string::npos) << segment.text;
  }
}

TEST_F(OptionsTest, WhenATokenIsNotOfTheModelThenTheErrorNamesItAndTheRange) {
  for (const int id : {-2, static_cast<int>(model_.tokens.size())}) {
    base_.suppress_tokens = {id};
    try {
      Run(base_);
      ADD_FAILURE() << "no error for " << id;
    } catch (const CpwError& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidOptions);
      EXPECT_NE(std::string(error.what()).find(std::to_string(id)), std::string::npos);
    }
  }
}

TEST_F(OptionsTest, WhenAPromptIsGivenThenTheTextIsAnother) {
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.initial_prompt = "hello world"; }));
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.previous_text = "hello world"; }));
  EXPECT_TRUE(Changes([](DecodeOptions& options) { options.hotwords = "hello world"; }));
}

TEST_F(OptionsTest, WhenAPrefixIsGivenThenTheTextBeginsWithItAndHotwordsAreNotHeeded) {
  base_.prefix = "hello the world";
  const WindowResult result = Run(base_);
  ASSERT_FALSE(result.segments.empty());
  EXPECT_EQ(result.segments[0].text.substr(0, base_.prefix.size()), base_.prefix);
  EXPECT_FALSE(Changes([](DecodeOptions& options) { options.hotwords = "hello world"; }));
}

TEST_F(OptionsTest, WhenPromptAndHotwordsAreLongThenTheyShareTheBudgetAndNothingBreaks) {
  for (int i = 0; i < 400; ++i) base_.initial_prompt += "hello world, ";
  base_.hotwords = base_.prefix = base_.initial_prompt;
  EXPECT_NO_THROW(Run(base_));
  base_.prefix.clear();
  EXPECT_NO_THROW(Run(base_));
}

TEST_F(OptionsTest, WhenAWindowPassesForSilenceThenItHasNoText) {
  base_.log_prob_threshold = -1e-9;
  base_.no_speech_threshold = 0;
  EXPECT_TRUE(Run(base_).segments.empty());
  base_.no_speech_threshold = 1;
  EXPECT_FALSE(Run(base_).segments.empty());
}

TEST_F(OptionsTest, WhenTheLanguageIsDecidedForEachWindowThenItsSegmentsSayIt) {
  base_.language.clear();
  base_.multilingual = true;
  const WindowResult result = Run(base_);
  ASSERT_FALSE(result.segments.empty());
  EXPECT_EQ(result.segments[0].language, result.language);
  base_.multilingual = false;
  EXPECT_EQ(Run(base_).segments[0].language, "");
}

}  // namespace
}  // namespace cpw
