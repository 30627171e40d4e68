#pragma once

#include <string_view>

namespace cpw {

// How many times shorter zlib makes the text at its usual level (6), as Whisper's reference decoder
// and faster-whisper count it: above 2.4 a text repeats itself. 0 for an empty one.
double CompressionRatio(std::string_view utf8);

}  // namespace cpw
