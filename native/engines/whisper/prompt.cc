#include "engines/whisper/prompt.h"

#include <algorithm>
#include <string_view>

#include "core/error.h"
#include "engines/whisper/text.h"
#include "engines/whisper/upstream_log.h"

namespace cpw {
namespace {

// More than 223 tokens take; upstream's tokeniser recurses for each byte of a word.
constexpr std::size_t kMostBytes = 2048;

using Tokens = std::vector<whisper_token>;

Tokens Tokenized(const WhisperModel& model, std::string_view bytes) {
  const std::string text = CleanText(bytes);
  Tokens tokens(text.empty() ? 0 : text.size() + 1);
  if (tokens.empty()) return tokens;
  const UpstreamErrors unknown_tokens;
  const int count = whisper_tokenize(model.context.get(), (" " + text).c_str(), tokens.data(),
                                     static_cast<int>(tokens.size()));
  tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
  return tokens;
}

std::string_view Begin(std::string_view text) { return text.substr(0, kMostBytes); }

std::string_view End(std::string_view text) {
  return text.substr(text.size() - std::min(text.size(), kMostBytes));
}

// Half of the text context, less the token that introduces the prompt.
std::size_t ContextBudget(const WhisperModel& model) {
  return static_cast<std::size_t>(whisper_n_text_ctx(model.context.get()) / 2 - 1);
}

}  // namespace

WhisperPrompt BuildPrompt(const WhisperModel& model, const DecodeOptions& options) {
  const std::size_t budget = ContextBudget(model);
  WhisperPrompt prompt;
  prompt.prefix = Tokenized(model, Begin(options.prefix));
  // Hotwords keep their beginning, what was said before keeps its end.
  if (prompt.prefix.empty()) prompt.context = Tokenized(model, Begin(options.hotwords));
  prompt.context.resize(std::min(prompt.context.size(), budget));
  const Tokens said = Tokenized(model, End(options.initial_prompt + " " + options.previous_text));
  const std::size_t room = std::min(budget - prompt.context.size(), said.size());
  prompt.context.insert(prompt.context.end(), said.end() - static_cast<std::ptrdiff_t>(room),
                        said.end());
  if (prompt.prefix.empty()) return prompt;
  const std::size_t most = budget / 2;
  if (prompt.prefix.size() > most) {
    throw CpwError(ErrorCode::kInvalidOptions,
                   "prefix has " + std::to_string(prompt.prefix.size()) +
                       " tokens; whisper.cpp writes a window's text after at most " +
                       std::to_string(most) + ". Next step: shorten it.");
  }
  prompt.prefix.insert(prompt.prefix.begin(), whisper_token_beg(model.context.get()));
  return prompt;
}

std::vector<whisper_token> SuppressedTokens(const WhisperModel& model,
                                            const std::vector<int>& asked) {
  Tokens tokens;
  for (const int id : asked) {
    if (id == kModelsOwnTokens) {
      tokens.insert(tokens.end(), model.non_speech_tokens.begin(), model.non_speech_tokens.end());
    } else {
      tokens.push_back(id);
    }
  }
  return tokens;
}

}  // namespace cpw
