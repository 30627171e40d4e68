#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cpw {

inline constexpr double kTimestampSeconds = 0.02;

struct TokenSegment {
  double start = 0;
  double end = 0;
  std::vector<std::size_t> ids;  // text tokens alone
};

struct TokenSegments {
  std::vector<TokenSegment> segments;
  // Where the model stopped listening: the beginning of a sentence that it left open, else the
  // window's end. A segment that begins there is unfinished.
  double consumed = 0;
};

// Cuts decoded ids at their time tokens: Whisper writes <|start|> text <|end|> for each segment and
// leaves the last end out when the audio stops in the middle of a sentence. Times are clamped into
// 0..duration, start < end, and do not go back.
TokenSegments SplitAtTimestamps(std::span<const std::size_t> ids, std::size_t timestamp_begin,
                                double duration);

}  // namespace cpw
