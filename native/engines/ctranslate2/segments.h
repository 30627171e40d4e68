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
  // Where the model stopped listening, as it says: where it opened a sentence and wrote nothing. A
  // sentence that it wrote and left open counts as heard to the end of the window.
  double heard = 0;
  // As `heard`, but a sentence left open counts as cut off: it is to be decoded again with the
  // audio that follows the window. It is the last one, and begins there.
  double whole = 0;
};

// Cuts decoded ids at their time tokens: Whisper writes <|start|> text <|end|> for each segment and
// leaves the last end out when the audio stops in the middle of a sentence. Times are clamped into
// 0..duration, start < end, and do not go back.
TokenSegments SplitAtTimestamps(std::span<const std::size_t> ids, std::size_t timestamp_begin,
                                double duration);

// Whether a sentence of some length comes twice in a row and too fast for anybody to have said it
// so: a short loop, which leaves no trace in the measures of a whole text.
bool SaysTwice(const TokenSegments& split);

}  // namespace cpw
