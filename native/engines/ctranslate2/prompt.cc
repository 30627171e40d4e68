#include "engines/ctranslate2/prompt.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "engines/ctranslate2/text.h"

namespace cpw {
namespace {

constexpr std::size_t kPromptTokens = 223;  // Whisper's half of the context, less one mark
constexpr int kModelsOwnList = -1;

using Ids = std::vector<std::size_t>;

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Ids Encoded(const Tokenizer& tokenizer, const std::string& text) {
  const std::string trimmed = Trim(text);
  if (trimmed.empty()) return {};
  return tokenizer.EncodePrompt(" " + trimmed, std::numeric_limits<std::size_t>::max());
}

// Spelling and hotwords keep their beginning, what was said before keeps its end.
Ids Context(const LoadedWhisper& model, const DecodeOptions& options) {
  Ids context;
  if (Trim(options.prefix).empty()) context = Encoded(model.tokenizer, options.hotwords);
  context.resize(std::min(context.size(), kPromptTokens));
  const std::string before = options.initial_prompt + " " + options.previous_text;
  const Ids said = Encoded(model.tokenizer, before);
  const std::size_t room = std::min(kPromptTokens - context.size(), said.size());
  context.insert(context.end(), said.end() - static_cast<std::ptrdiff_t>(room), said.end());
  return context;
}

}  // namespace

DecoderPrompt BuildPrompt(const LoadedWhisper& model, const std::string& language,
                          const DecodeOptions& options) {
  const SpecialTokens& special = model.special();
  DecoderPrompt prompt;
  const Ids context = Context(model, options);
  if (!context.empty() && special.start_of_previous) {
    prompt.ids.push_back(*special.start_of_previous);
    prompt.ids.insert(prompt.ids.end(), context.begin(), context.end());
  }
  prompt.ids.push_back(special.start_of_transcript);
  if (model.info.multilingual) {
    const auto id = model.vocabulary().LanguageId(language);
    if (!id) {
      throw CpwError(ErrorCode::kUnsupportedLanguage,
                     "The model found the language '" + language +
                         "', which it has no token for. Next step: name the language.");
    }
    prompt.ids.push_back(*id);
    prompt.ids.push_back(options.translate ? special.translate : special.transcribe);
  }
  prompt.prefix = Encoded(model.tokenizer, options.prefix);
  if (prompt.prefix.empty()) return prompt;
  prompt.prefix.resize(std::min(prompt.prefix.size(), kPromptTokens));
  prompt.prefix.insert(prompt.prefix.begin(), special.timestamp_begin);
  return prompt;
}

void CheckDecodeOptions(const LoadedWhisper& model, const DecodeOptions& options) {
  const ModelInfo& info = model.info;
  if (!info.multilingual && (options.translate || options.multilingual)) {
    throw CpwError(ErrorCode::kInvalidOptions,
                   std::string("This is an English-only model: it cannot ") +
                       (options.translate ? "translate" : "tell languages apart (multilingual)") +
                       ". Next step: use a multilingual model, or leave the option out.");
  }
  const auto ids = static_cast<int>(model.vocabulary().size());
  for (const int id : options.suppress_tokens) {
    if (id >= kModelsOwnList && id < ids) continue;
    throw CpwError(ErrorCode::kInvalidOptions,
                   "suppressTokens names the token " + std::to_string(id) +
                       ", but the model's tokens are 0 to " + std::to_string(ids - 1) +
                       ". Next step: take the number from the model's own vocabulary.");
  }
  if (options.language.empty()) return;
  const auto& known = info.languages;
  if (std::find(known.begin(), known.end(), options.language) != known.end()) return;
  throw CpwError(ErrorCode::kUnsupportedLanguage,
                 info.multilingual
                     ? "The model does not know the language '" + options.language +
                           "'. Next step: name one of: " + Join(known) + "."
                     : "This is an English-only model and cannot transcribe '" + options.language +
                           "'. Next step: use a multilingual model, or the language en.");
}

std::vector<int> SuppressedTokens(const LoadedWhisper& model, const std::vector<int>& asked) {
  const SpecialTokens& special = model.special();
  std::vector<int> ids = asked;
  for (const std::size_t id : {special.translate, special.transcribe, special.start_of_transcript,
                               special.start_of_previous.value_or(special.start_of_transcript)}) {
    ids.push_back(static_cast<int>(id));
  }
  return ids;
}

}  // namespace cpw
