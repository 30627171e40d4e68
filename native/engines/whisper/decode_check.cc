#include <algorithm>

#include "core/error.h"
#include "engines/whisper/prompt.h"

namespace cpw {
namespace {

constexpr int kMostBeams = 8;  // WHISPER_MAX_DECODERS

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void CheckLanguage(const ModelInfo& info, const DecodeOptions& options) {
  const std::vector<std::string>& known = info.languages;
  if (!options.language.empty() &&
      std::find(known.begin(), known.end(), options.language) == known.end()) {
    throw CpwError(ErrorCode::kUnsupportedLanguage,
                   "The model does not know the language '" + options.language +
                       "'. Next step: choose another model, or one of: " + Joined(known) + ".");
  }
  if (options.translate && !info.multilingual) {
    throw CpwError(
        ErrorCode::kUnsupportedLanguage,
        "This model knows English alone and cannot translate. Next step: use a multilingual model, "
        "or switch translate off.");
  }
  if (options.multilingual && !info.multilingual) {
    throw CpwError(ErrorCode::kInvalidOptions,
                   "This model knows English alone and cannot tell languages apart (multilingual). "
                   "Next step: use a multilingual model, or leave the option out.");
  }
}

void CheckSearch(const DecodeOptions& options) {
  const int beam = std::max(options.beam_size, options.retry_beam_size);
  if (options.beam_size < 1 || options.retry_beam_size < 0 || beam > kMostBeams) {
    throw CpwError(ErrorCode::kInvalidOptions,
                   "whisper.cpp searches with 1 to " + std::to_string(kMostBeams) +
                       " beams, asked for " + std::to_string(options.beam_size) + " (retry " +
                       std::to_string(options.retry_beam_size) +
                       "). Next step: choose a beam in that range.");
  }
  if (options.best_of < 1 || options.best_of > kMostBeams) {
    throw CpwError(ErrorCode::kInvalidOptions,
                   "whisper.cpp draws 1 to " + std::to_string(kMostBeams) +
                       " texts, bestOf asks for " + std::to_string(options.best_of) +
                       ". Next step: choose a number in that range.");
  }
  if (options.temperatures.empty()) {
    throw CpwError(ErrorCode::kInvalidOptions,
                   "temperature is an empty list. Next step: name one at least.");
  }
}

}  // namespace

void CheckDecodeOptions(const WhisperModel& model, const DecodeOptions& options) {
  CheckLanguage(model.info, options);
  CheckSearch(options);
  const int tokens = whisper_n_vocab(model.context.get());
  for (const int id : options.suppress_tokens) {
    if (id >= kModelsOwnTokens && id < tokens) continue;
    throw CpwError(ErrorCode::kInvalidOptions,
                   "suppressTokens names the token " + std::to_string(id) +
                       ", but the model's tokens are 0 to " + std::to_string(tokens - 1) +
                       ". Next step: take the number from the model's own vocabulary.");
  }
}

}  // namespace cpw
