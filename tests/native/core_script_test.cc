#include <gtest/gtest.h>

#include "core/script.h"

namespace cpw {
namespace {

ScriptSet Of(const char* code) { return *ScriptsOfCode(code); }

TEST(Script, WhenACodeIsUnknownThenThereIsNone) {
  EXPECT_FALSE(ScriptsOfCode(""));
  EXPECT_FALSE(ScriptsOfCode("latn"));
  EXPECT_FALSE(ScriptsOfCode("Zzzz"));
}

TEST(Script, WhenATextIsNoUtf8ThenItBelongsToNone) {
  EXPECT_EQ(ScriptsOf("\xFF\xC0\x80\xE0\xA4"), 0U);
  EXPECT_EQ(ScriptsOf("\xF5\x80\x80\x80"), 0U);
}

TEST(Script, WhenATextHasNoLettersThenItBelongsToNone) {
  EXPECT_EQ(ScriptsOf(""), 0U);
  EXPECT_EQ(ScriptsOf("12.5 % – \xE2\x96\x81 € 😀"), 0U);
  EXPECT_EQ(ScriptsOf("।॥"), 0U) << "the danda is shared by the scripts of India";
}

TEST(Script, WhenATextHasLettersThenEachCounts) {
  EXPECT_EQ(ScriptsOf("Año"), Of("Latn"));
  EXPECT_EQ(ScriptsOf("मेरा"), Of("Deva"));
  EXPECT_EQ(ScriptsOf("Ж и a"), Of("Cyrl") | Of("Latn"));
  EXPECT_EQ(ScriptsOf("東京タワー") & ~Of("Jpan"), 0U);
  EXPECT_NE(ScriptsOf("東京タワー") & ~Of("Hans"), 0U);
  EXPECT_EQ(ScriptsOf("한국") & ~Of("Hang"), 0U);
  EXPECT_EQ(ScriptsOf("ꯃꯩꯇꯩ"), Of("Mtei"));
  EXPECT_EQ(ScriptsOf("ᱥᱟᱱᱛᱟᱲᱤ"), Of("Olck"));
}

}  // namespace
}  // namespace cpw
