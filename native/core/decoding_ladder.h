#pragma once

#include <cstddef>
#include <vector>

#include "core/text_gate.h"
#include "core/window_recognizer.h"

namespace cpw {

// How a window's text is looked for once.
struct DecodingAttempt {
  DecodingPass kind = DecodingPass::kFirst;
  int beam_size = 1;
  double temperature = 0;  // above 0 texts are drawn, and beam_size is not heeded
  bool operator==(const DecodingAttempt&) const = default;
};

// What to try in turn until a text looks right: as the caller wants it, with the wider beam, over
// the 30 s that the model was trained on, then by drawing at rising temperatures.
std::vector<DecodingAttempt> LadderFor(const DecodeOptions& options);

// The tokens that `duration` seconds of speech may take: a text that is longer has lost its way.
std::size_t TokensFor(double duration);

GateLimits GateLimitsFor(const DecodeOptions& options);

}  // namespace cpw
