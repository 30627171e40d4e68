#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/window_recognizer.h"
#include "engines/ctranslate2/loaded_whisper.h"

namespace cpw {

// What stands before the text that the decoder writes.
struct DecoderPrompt {
  std::vector<std::size_t> ids;     // [<|startofprev|> text] <|startoftranscript|> [language task]
  std::vector<std::size_t> prefix;  // <|0.00|> and the text that the window has to begin with
};

// Hotwords, then what was said before, 223 tokens together, as faster-whisper puts them; hotwords
// give way to a prefix. Throws CpwError when the model has no token for `language`.
DecoderPrompt BuildPrompt(const LoadedWhisper& model, const std::string& language,
                          const DecodeOptions& options);

// Throws CpwError kInvalidOptions or kUnsupportedLanguage for what the model cannot do.
void CheckDecodeOptions(const LoadedWhisper& model, const DecodeOptions& options);

// The ids never to be written: those asked for, and those that steer the decoder.
std::vector<int> SuppressedTokens(const LoadedWhisper& model, const std::vector<int>& asked);

}  // namespace cpw
