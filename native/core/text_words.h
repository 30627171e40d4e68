#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cpw {

// A word of a text and where it stands in it, in bytes.
struct TextWord {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string folded;  // in lower case
};

// Words without the punctuation around them. Of scripts that put no spaces between words each
// character is one. What is not UTF-8 counts as punctuation.
std::vector<TextWord> WordsOf(std::string_view text);

std::size_t CountCharacters(std::string_view text);

}  // namespace cpw
