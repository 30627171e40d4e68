#include <gtest/gtest.h>

#include "whisper_recognizer_fixtures.h"

namespace cpw {
namespace {

using namespace recognizer_test;

// Alignment itself needs a model whose heads are known: tests/model/words.test.ts.
TEST(WhisperWords, WhenTheModelsShapeIsNoneOfOpenAIsThenWordTimesAreRefused) {
  Job job;
  WhisperRecognizer recognizer(Load(EnglishPath()), job);
  DecodeOptions options = Greedy();
  EXPECT_EQ(TextOf(Decode(recognizer, Tone(2), options)), "[hello][world]");
  options.word_timestamps = true;
  const std::string said =
      ErrorOf(ErrorCode::kModelIncompatible, [&] { Decode(recognizer, Tone(2), options); });
  EXPECT_NE(said.find("1 decoder layers of 64 values"), std::string::npos) << said;
  EXPECT_NE(said.find("Next step: use engine ctranslate2"), std::string::npos) << said;
  options.word_timestamps = false;
  EXPECT_EQ(TextOf(Decode(recognizer, Tone(2), options)), "[hello][world]");
}

}  // namespace
}  // namespace cpw
