#include <gtest/gtest.h>

#include <string>

#include "core/compression.h"

namespace cpw {
namespace {

std::string Repeated(const std::string& phrase, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += phrase;
  return text;
}

// 400 short words in an order that hides most of their repetition.
std::string Scattered() {
  std::string text;
  for (int i = 0; i < 400; ++i) text += (i == 0 ? "w" : " w") + std::to_string(i * 7919 % 1000);
  return text;
}

// The bytes that zlib 1.2.13 makes of each text at level 6 (Python's zlib.compress, which
// faster-whisper calls). Node's zlib is a fork whose matches differ by a byte in the last two.
TEST(CompressionRatio, WhenATextIsGiven_CountsTheBytesThatZlibCounts) {
  const std::string sentence =
      "And so my fellow Americans, ask not what your country can do for you, ask what you can do "
      "for "
      "your country.";
  const std::string russian = "Съешь же ещё этих мягких французских булок, да выпей чаю.";
  EXPECT_DOUBLE_EQ(CompressionRatio(sentence), 107.0 / 79);
  EXPECT_DOUBLE_EQ(CompressionRatio(Repeated("Thank you. ", 20)), 220.0 / 22);
  EXPECT_DOUBLE_EQ(CompressionRatio(Repeated("you ", 200)), 800.0 / 19);
  EXPECT_DOUBLE_EQ(CompressionRatio("a"), 1.0 / 9);
  EXPECT_DOUBLE_EQ(CompressionRatio(russian), 103.0 / 93);
  EXPECT_DOUBLE_EQ(CompressionRatio(Scattered()), 1952.0 / 768);
}

TEST(CompressionRatio, WhenTheTextIsEmpty_IsZero) { EXPECT_EQ(CompressionRatio(""), 0); }

}  // namespace
}  // namespace cpw
