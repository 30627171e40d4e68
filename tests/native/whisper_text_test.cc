#include <gtest/gtest.h>

#include "engines/whisper/text.h"

namespace cpw {
namespace {

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
