#pragma once

#include <cstddef>
#include <vector>

#include "core/decoding_ladder.h"
#include "core/text_gate.h"
#include "core/window_recognizer.h"
#include "engines/ctranslate2/loaded_whisper.h"
#include "engines/ctranslate2/prompt.h"

namespace ctranslate2 {
class StorageView;
namespace models {
class WhisperReplica;
}
}  // namespace ctranslate2

namespace cpw {

struct SearchRow {
  ::ctranslate2::StorageView* encoded;  // one window: (1, positions, width)
  const DecoderPrompt* prompt;          // of the same size in all rows
  double duration;                      // seconds of audio in the window
};

struct FoundText {
  DecodedPass pass;
  double no_speech_prob = 0;
};

// Decodes the rows together, one step of the decoder for all of them: reading its weights is what a
// step costs. `options` hold for every row. Throws what upstream throws, and CpwError
// kInferenceFailed.
std::vector<FoundText> Search(::ctranslate2::models::WhisperReplica& replica,
                              const LoadedWhisper& model, const std::vector<SearchRow>& rows,
                              const DecodingAttempt& attempt, const DecodeOptions& options);

}  // namespace cpw
