#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "decoding_fixtures.h"
#include "engines/ctranslate2/backends.h"
#include "engines/ctranslate2/recognizer.h"

namespace cpw {
namespace {

using testing::MakeTinyModel;
using testing::ModelFolder;

CTranslate2LoadOptions Options(const std::string& path) {
  return {{path, "cpu", 0, "float32", 1, 1}, 4, 60};
}

std::unique_ptr<CTranslate2Recognizer> Load(const CTranslate2LoadOptions& options) {
  Job job;
  return std::make_unique<CTranslate2Recognizer>(options, job);
}

std::shared_ptr<const Window> Tone(double seconds) {
  auto window = std::make_shared<Window>();
  window->samples.resize(static_cast<std::size_t>(seconds * kSampleRate));
  for (std::size_t i = 0; i < window->samples.size(); ++i) {
    window->samples[i] = 0.3F * std::sin(static_cast<float>(i % 80) * 0.0785F);
  }
  return window;
}

DecodeOptions With(const std::string& language, int beam = 1, const std::string& prompt = "") {
  DecodeOptions options = DefaultDecoding();
  options.language = language;
  options.beam_size = beam;
  options.initial_prompt = prompt;
  return options;
}

const DecodeOptions kEnglish = [] {
  DecodeOptions options = DefaultDecoding();
  options.retry_beam_size = 5;
  return options;
}();

template <typename Act>
CpwError ErrorOf(Act act) {
  try {
    act();
  } catch (const CpwError& error) {
    return error;
  }
  return {ErrorCode::kInternal, "nothing was thrown"};
}

bool Says(const CpwError& error, const std::string& words) {
  return std::string(error.what()).find(words) != std::string::npos;
}

TEST(CTranslate2Recognizer, WhenTheComputeTypeIsUnknownThenTheErrorNamesTheKnownOnes) {
  const ModelFolder folder(MakeTinyModel());
  auto options = Options(folder.path());
  options.compute_type = "int3";
  const auto error = ErrorOf([&] { Load(options); });
  EXPECT_EQ(error.code(), ErrorCode::kInvalidOptions);
  EXPECT_TRUE(Says(error, "int3") && Says(error, "float32")) << error.what();
}

TEST(CTranslate2Recognizer, WhenTheDeviceLacksTheComputeTypeThenTheErrorNamesWhatItHas) {
  const ModelFolder folder(MakeTinyModel());
  auto options = Options(folder.path());
  options.compute_type = "float16";
  const auto error = ErrorOf([&] { Load(options); });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupportedDevice);
  EXPECT_TRUE(Says(error, "float16") && Says(error, "float32")) << error.what();
}

TEST(CTranslate2Recognizer, WhenTheDeviceIsNotThereThenTheErrorQuotesUpstream) {
  const ModelFolder folder(MakeTinyModel());
  auto options = Options(folder.path());
  options.device = "metal";
  EXPECT_EQ(ErrorOf([&] { Load(options); }).code(), ErrorCode::kUnsupportedDevice);
  options.device = "cpu";
  options.device_index = 3;
  EXPECT_EQ(ErrorOf([&] { Load(options); }).code(), ErrorCode::kUnsupportedDevice);
  for (const auto& report : CTranslate2Backends()) {
    EXPECT_FALSE(report.detail.empty());
    if (report.device != "cuda" || report.available) continue;
    options.device = "cuda";
    options.device_index = 0;
    EXPECT_EQ(ErrorOf([&] { Load(options); }).code(), ErrorCode::kUnsupportedDevice);
  }
}

TEST(CTranslate2Recognizer, WhenTheJobIsAbortedThenLoadingStops) {
  const ModelFolder folder(MakeTinyModel());
  Job job;
  job.Abort();
  EXPECT_THROW(CTranslate2Recognizer(Options(folder.path()), job), Aborted);
}

class LoadedTest : public ::testing::Test {
 protected:
  ModelFolder folder_{MakeTinyModel()};
  std::unique_ptr<CTranslate2Recognizer> recognizer_ = Load(Options(folder_.path()));

  WindowResult Run(double seconds, const DecodeOptions& options = kEnglish) {
    return recognizer_->Submit(Tone(seconds), options, std::make_shared<Job>()).get();
  }
};

TEST_F(LoadedTest, WhenAModelIsLoadedThenItSaysWhatItIs) {
  const auto& info = recognizer_->info();
  EXPECT_EQ(info.engine, "ctranslate2");
  EXPECT_EQ(info.device, "cpu");
  EXPECT_EQ(info.compute_type, "float32");
  EXPECT_TRUE(info.multilingual);
  EXPECT_EQ(info.mels, 80);
  EXPECT_EQ(info.languages, (std::vector<std::string>{"en", "de", "yue"}));
}

TEST_F(LoadedTest, WhenTheLanguageIsUnknownThenTheErrorListsTheKnownOnes) {
  const auto error = ErrorOf([&] { Run(1, With("hi")); });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupportedLanguage);
  EXPECT_TRUE(Says(error, "'hi'") && Says(error, "en, de, yue")) << error.what();
}

TEST_F(LoadedTest, WhenAWindowIsEmptyThenItHasNoSegments) {
  const auto result = Run(0);
  EXPECT_TRUE(result.segments.empty());
  EXPECT_EQ(result.language, "en");
}

TEST_F(LoadedTest, WhenAWindowIsTooLongThenItIsRefused) {
  EXPECT_EQ(ErrorOf([&] { Run(30.5); }).code(), ErrorCode::kInternal);
}

TEST_F(LoadedTest, WhenNonsenseIsDecodedThenSegmentsStayInsideTheWindowAndEndInTime) {
  for (const int beam : {1, 3}) {
    const auto result = Run(3, With("", beam, "hello world"));
    for (const auto& segment : result.segments) {
      EXPECT_GE(segment.start, 0);
      EXPECT_LT(segment.start, segment.end);
      EXPECT_LE(segment.end, 3);
      EXPECT_FALSE(segment.text.empty());
      EXPECT_TRUE(std::isfinite(segment.avg_logprob));
      EXPECT_LE(segment.no_speech_prob, 1);
    }
    const auto& known = recognizer_->info().languages;
    EXPECT_NE(std::find(known.begin(), known.end(), result.language), known.end());
  }
}

TEST_F(LoadedTest, WhenAPromptFillsTheContextThenItsEndIsUsedAndNothingBreaks) {
  std::string prompt;
  for (int i = 0; i < 400; ++i) prompt += "hello world, ";
  EXPECT_NO_THROW(Run(1, With("en", 1, prompt)));
}

TEST_F(LoadedTest, WhenTheSameWindowIsDecodedTwiceThenTheTextIsTheSame) {
  const auto text = [](const WindowResult& result) {
    std::string all;
    for (const auto& segment : result.segments) all += segment.text + "|";
    return all;
  };
  EXPECT_EQ(text(Run(2)), text(Run(2)));
}

TEST_F(LoadedTest, WhenAJobIsAbortedThenItsWindowsAreAbortedAndOthersRun) {
  const auto aborted = std::make_shared<Job>();
  std::vector<std::future<WindowResult>> stopped;
  for (int i = 0; i < 20; ++i) stopped.push_back(recognizer_->Submit(Tone(5), kEnglish, aborted));
  auto other = recognizer_->Submit(Tone(1), kEnglish, std::make_shared<Job>());
  aborted->Abort();
  int count = 0;
  for (auto& future : stopped) {
    try {
      future.get();
    } catch (const Aborted&) {
      ++count;
    }
  }
  EXPECT_GE(count, 18);
  EXPECT_NO_THROW(other.get());
}

TEST_F(LoadedTest, WhenTheRecognizerIsDestroyedThenWhatWasSubmittedFinishes) {
  auto future = recognizer_->Submit(Tone(1), kEnglish, std::make_shared<Job>());
  recognizer_.reset();
  EXPECT_NO_THROW(future.get());
}

TEST_F(LoadedTest, WhenLanguagesAreScoredThenTheyDescendAndSumToOne) {
  const auto scores = recognizer_->DetectLanguage(Tone(2), std::make_shared<Job>()).get();
  ASSERT_EQ(scores.size(), 3U);
  double sum = 0;
  for (const auto& score : scores) {
    EXPECT_LE(score.probability, scores.front().probability);
    EXPECT_EQ(score.language.find('|'), std::string::npos);
    sum += score.probability;
  }
  EXPECT_NEAR(sum, 1, 1e-4);
}

TEST(CTranslate2Recognizer, WhenAModelIsEnglishOnlyThenOtherLanguagesAndTranslationAreRefused) {
  const ModelFolder folder(MakeTinyModel(false));
  const auto recognizer = Load(Options(folder.path()));
  const auto run = [&](const DecodeOptions& options) {
    return recognizer->Submit(Tone(1), options, std::make_shared<Job>()).get();
  };
  EXPECT_FALSE(recognizer->info().multilingual);
  EXPECT_EQ(run(With("")).language, "en");
  const auto error = ErrorOf([&] { run(With("de")); });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupportedLanguage);
  EXPECT_TRUE(Says(error, "English-only") && Says(error, "'de'")) << error.what();
  DecodeOptions options = With("en");
  options.translate = true;
  EXPECT_EQ(ErrorOf([&] { run(options); }).code(), ErrorCode::kInvalidOptions);
  options = With("");
  options.multilingual = true;
  EXPECT_TRUE(Says(ErrorOf([&] { run(options); }), "multilingual"));
  const auto scores = recognizer->DetectLanguage(Tone(1), std::make_shared<Job>()).get();
  ASSERT_EQ(scores.size(), 1U);
  EXPECT_EQ(scores[0].language, "en");
}

TEST(CTranslate2Recognizer, WhenReplicasWorkAtTheSameTimeThenTheyAgreeWithOne) {
  const ModelFolder folder(MakeTinyModel());
  auto options = Options(folder.path());
  options.replicas = 2;
  options.threads = 2;
  const auto recognizer = Load(options);
  EXPECT_EQ(recognizer->parallelism() % 2, 0);
  std::vector<std::future<WindowResult>> futures;
  for (int i = 0; i < 6; ++i) {
    futures.push_back(recognizer->Submit(Tone(1), kEnglish, std::make_shared<Job>()));
  }
  std::vector<std::size_t> counts;
  for (auto& future : futures) counts.push_back(future.get().segments.size());
  for (const auto count : counts) EXPECT_EQ(count, counts[0]);
}

}  // namespace
}  // namespace cpw
