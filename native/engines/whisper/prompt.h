#pragma once

#include <string>
#include <vector>

#include "core/window_recognizer.h"
#include "engines/whisper/model.h"

namespace cpw {

// What stands around the tokens that choose the language and the task.
struct WhisperPrompt {
  std::vector<whisper_token> context;  // before them: hotwords, then what was said before
  std::vector<whisper_token> prefix;   // after them: <|0.00|> and the text to begin with
};

// As faster-whisper builds it, 223 tokens of context together; hotwords give way to a prefix.
// Throws CpwError kInvalidOptions for a prefix that leaves no room for a text.
WhisperPrompt BuildPrompt(const WhisperModel& model, const DecodeOptions& options);

// The tokens of symbols that nobody speaks: OpenAI's list, found in the model's vocabulary.
std::vector<whisper_token> NonSpeechTokens(whisper_context* context);

// Those asked for; -1 stands for the model's non-speech tokens.
std::vector<whisper_token> SuppressedTokens(const WhisperModel& model,
                                            const std::vector<int>& asked);

// Throws CpwError kInvalidOptions or kUnsupportedLanguage for what the model or this engine cannot
// do.
void CheckDecodeOptions(const WhisperModel& model, const DecodeOptions& options);

}  // namespace cpw
