#pragma once

#include <whisper.h>

#include <cstddef>

#include "core/decoding_ladder.h"
#include "core/window_recognizer.h"

namespace cpw {

// Upstream's parameters for one attempt, without language, prompt, callbacks and audio. Upstream
// judges no text and falls back to nothing: the ladder does.
whisper_full_params SearchParams(const DecodingAttempt& attempt, const DecodeOptions& options);

// How many tokens a text of so many seconds may have, its prefix of so many included.
std::size_t TokenLimit(double duration, std::size_t prefix);

}  // namespace cpw
