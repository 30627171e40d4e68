#include "engines/ctranslate2/whisper_config.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engines/ctranslate2/model_error.h"

namespace cpw {
namespace {

using nlohmann::json;

constexpr std::uintmax_t kMaxBytes = 16U << 20;

bool InRange(const json& value, std::size_t limit) {
  return value.is_number_integer() && value.get<std::int64_t>() >= 0 &&
         value.get<std::uint64_t>() < limit;
}

json Parse(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw CpwError(ErrorCode::kModelNotFound,
                   "Cannot open " + path + ". Next step: download or convert the model again.");
  }
  std::error_code error;
  if (std::filesystem::file_size(path, error) > kMaxBytes || error) {
    ThrowIncompatible(path, "it is too large for a configuration");
  }
  try {
    return json::parse(in);
  } catch (const json::exception& failure) {
    ThrowIncompatible(path, std::string("it is not valid JSON (") + failure.what() + ")");
  }
}

void CheckIds(const json& config, const std::string& path, const char* key, std::size_t limit) {
  const auto found = config.find(key);
  if (found == config.end() || !found->is_array()) {
    ThrowIncompatible(path, std::string("it has no list '") + key + "'");
  }
  for (const auto& id : *found) {
    if (!InRange(id, limit)) {
      ThrowIncompatible(path, std::string("'") + key + "' holds " + id.dump(-1, ' ', true) +
                                  ", which is no token of the vocabulary");
    }
  }
}

// Upstream answers with the tokens of these ids when it detects a language.
void CheckLanguages(const json& config, const std::string& path,
                    const WhisperVocabulary& vocabulary) {
  CheckIds(config, path, "lang_ids", vocabulary.size());
  const auto& ids = config["lang_ids"];
  if (ids.empty()) ThrowIncompatible(path, "'lang_ids' is empty");
  for (const auto& id : ids) {
    const auto value = id.get<std::size_t>();
    if (vocabulary.LanguageId(StripMarks(vocabulary.token(value))) != value) {
      ThrowIncompatible(path, "'lang_ids' holds " + id.dump() + ", which is no language");
    }
  }
}

void CheckAlignmentHeads(const json& config, const std::string& path, const WhisperShape& shape) {
  const auto heads = config.find("alignment_heads");
  if (heads == config.end()) return;
  const auto layers = static_cast<std::size_t>(shape.decoder_layers);
  const auto per_layer = static_cast<std::size_t>(shape.decoder_heads);
  bool good = heads->is_array();
  for (std::size_t i = 0; good && i < heads->size(); ++i) {
    const auto& pair = (*heads)[i];
    good = pair.is_array() && pair.size() == 2 && InRange(pair[0], layers) &&
           InRange(pair[1], per_layer);
  }
  if (!good) ThrowIncompatible(path, "'alignment_heads' names heads that the decoder lacks");
}

}  // namespace

void CheckWhisperConfig(const std::string& folder, const WhisperShape& shape,
                        const WhisperVocabulary& vocabulary) {
  const std::string path = (std::filesystem::path(folder) / "config.json").string();
  const json config = Parse(path);
  if (!config.is_object()) ThrowIncompatible(path, "it is not a JSON object");
  CheckIds(config, path, "suppress_ids", vocabulary.size());
  CheckIds(config, path, "suppress_ids_begin", vocabulary.size());
  if (vocabulary.multilingual()) CheckLanguages(config, path, vocabulary);
  CheckAlignmentHeads(config, path, shape);
  const auto epsilon = config.find("layer_norm_epsilon");
  if (epsilon != config.end() && !epsilon->is_null() && !epsilon->is_number()) {
    ThrowIncompatible(path, "'layer_norm_epsilon' is not a number");
  }
  if (const auto kind = config.find("quantization_type"); kind != config.end() && *kind != 0) {
    ThrowIncompatible(path, "it asks for a quantisation that Whisper models do not have");
  }
}

}  // namespace cpw
