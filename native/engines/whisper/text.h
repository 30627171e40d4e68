#pragma once

#include <string>
#include <string_view>

namespace cpw {

// Without white space around it, and valid UTF-8: the model emits bytes, and a segment may end
// inside a character. Each broken sequence becomes one U+FFFD.
std::string CleanText(std::string_view bytes);

}  // namespace cpw
