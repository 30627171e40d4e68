#include <gtest/gtest.h>

#include "engines/whisper/pass_quality.h"
#include "engines/whisper/text.h"

namespace cpw {
namespace {

PassStatistics PassOf(std::vector<std::int32_t> tokens, double logprob, double no_speech) {
  PassStatistics pass;
  pass.sum_logprob = logprob * static_cast<double>(tokens.size());
  pass.tokens = std::move(tokens);
  pass.no_speech_prob = no_speech;
  return pass;
}

std::vector<std::int32_t> Different(int count) {
  std::vector<std::int32_t> tokens;
  for (int i = 0; i < count; ++i) tokens.push_back(i);
  return tokens;
}

TEST(WhisperPassQuality, when_text_is_unlikely_the_pass_looks_wrong_unless_there_is_no_speech) {
  EXPECT_TRUE(LooksWrong(PassOf(Different(10), -1.1, 0.1)));
  EXPECT_FALSE(LooksWrong(PassOf(Different(10), -0.9, 0.1)));
  EXPECT_FALSE(LooksWrong(PassOf(Different(10), -1.1, 0.7)));
}

TEST(WhisperPassQuality, when_nothing_was_decoded_the_pass_looks_wrong_unless_there_is_no_speech) {
  EXPECT_TRUE(LooksWrong(PassOf({}, 0, 0.1)));
  EXPECT_FALSE(LooksWrong(PassOf({}, 0, 0.7)));
}

TEST(WhisperPassQuality, when_text_repeats_itself_the_pass_looks_wrong) {
  EXPECT_TRUE(LooksWrong(PassOf(std::vector<std::int32_t>(33, 7), -0.1, 0.1)));
  EXPECT_FALSE(LooksWrong(PassOf(std::vector<std::int32_t>(32, 7), -0.1, 0.1)));
  EXPECT_FALSE(LooksWrong(PassOf(Different(40), -0.1, 0.1)));
  std::vector<std::int32_t> loop = Different(20);
  for (int i = 0; i < 32; ++i) loop.push_back(100 + i % 4);
  EXPECT_TRUE(LooksWrong(PassOf(loop, -0.1, 0.1)));
}

TEST(WhisperText, when_text_is_whole_only_the_space_around_it_goes) {
  EXPECT_EQ(CleanText(""), "");
  EXPECT_EQ(CleanText(" \n\t"), "");
  EXPECT_EQ(CleanText(" a b \n"), "a b");
  EXPECT_EQ(CleanText("\xc3\xa9 \xe0\xa4\x9c\xe0\xa5\x80 \xf0\x9f\x98\x80"),
            "\xc3\xa9 \xe0\xa4\x9c\xe0\xa5\x80 \xf0\x9f\x98\x80");
}

TEST(WhisperText, when_a_character_is_broken_one_mark_takes_its_place) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(CleanText("a\xe0\xa4"), "a" + mark);
  EXPECT_EQ(CleanText("\xa4"
                      "b"),
            mark + "b");
  EXPECT_EQ(CleanText("\xc0\x80"), mark + mark);             // overlong
  EXPECT_EQ(CleanText("\xed\xa0\x80"), mark + mark + mark);  // a surrogate
  EXPECT_EQ(CleanText("\xf5x"), mark + "x");
  EXPECT_EQ(CleanText("\xf0\x9f\x98"
                      "c"),
            mark + "c");
}

}  // namespace
}  // namespace cpw
