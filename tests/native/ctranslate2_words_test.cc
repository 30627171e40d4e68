#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "ctranslate2_tiny_model.h"
#include "decoding_fixtures.h"
#include "engines/ctranslate2/recognizer.h"

namespace cpw {
namespace {

using testing::MakeTinyModel;
using testing::ModelFolder;

WindowResult Timed(const std::string& folder, double seconds, bool words = true) {
  Job job;
  CTranslate2Recognizer recognizer({folder, "cpu", 0, "float32", 1, 1}, job);
  auto window = std::make_shared<Window>();
  window->samples.resize(static_cast<std::size_t>(seconds * kSampleRate));
  for (std::size_t i = 0; i < window->samples.size(); ++i)
    window->samples[i] = 0.3F * std::sin(static_cast<float>(i) * 0.08F);
  DecodeOptions options = DefaultDecoding();
  options.word_timestamps = words;
  return recognizer.Submit(window, options, std::make_shared<Job>()).get();
}

std::string Packed(const std::string& text) {
  std::string packed;
  for (const char c : text) {
    if (std::string_view(" \t\r\n\f\v").find(c) == std::string_view::npos) packed += c;
  }
  return packed;
}

// Random weights write random text, which is timed like any other.
TEST(CTranslate2Words, WhenWordsAreAskedForThenEachSegmentHasAllOfItsText) {
  const ModelFolder folder(MakeTinyModel());
  for (const double seconds : {0.05, 0.5, 7.0, 30.0}) {
    SCOPED_TRACE(seconds);
    const WindowResult result = Timed(folder.path(), seconds);
    for (const Segment& segment : result.segments) {
      std::string text;
      double low = segment.start;
      for (const Word& word : segment.words) {
        text += word.word;
        EXPECT_GE(word.start, low);
        EXPECT_GT(word.end, word.start);
        EXPECT_GE(word.probability, 0);
        low = word.end;
      }
      if (!segment.words.empty()) EXPECT_EQ(low, segment.end);
      EXPECT_LE(low, seconds + 1e-9);
      EXPECT_EQ(Packed(text), Packed(segment.text));
    }
    if (seconds > 5) EXPECT_FALSE(result.segments.empty());
    for (const Segment& segment : Timed(folder.path(), seconds, false).segments)
      EXPECT_TRUE(segment.words.empty());
  }
}

TEST(CTranslate2Words, WhenTheModelNamesNoAlignmentHeadsThenTheErrorSaysSo) {
  auto model = MakeTinyModel();
  const std::string heads = R"("alignment_heads": [[0, 1]], )";
  const auto at = model.config.find(heads);
  ASSERT_NE(at, std::string::npos);
  for (const char* instead : {"", R"("alignment_heads": [], )"}) {
    auto without = model;
    without.config.replace(at, heads.size(), instead);
    const ModelFolder folder(without);
    EXPECT_NO_THROW(Timed(folder.path(), 7, false));
    try {
      Timed(folder.path(), 7);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const CpwError& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModelIncompatible);
      const std::string said = error.what();
      for (const std::string part : {folder.path() + "/config.json", std::string("alignment_heads"),
                                     std::string("Next step")})
        EXPECT_NE(said.find(part), std::string::npos) << said;
    }
  }
}

}  // namespace
}  // namespace cpw
