#include "engines/ctranslate2/translation_folder.h"

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "engines/ctranslate2/model_error.h"

namespace cpw {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uintmax_t kMaxBytes = 64U << 20;

std::optional<fs::path> First(const fs::path& folder, std::initializer_list<const char*> names) {
  std::error_code error;
  for (const char* name : names) {
    if (fs::is_regular_file(folder / name, error)) return folder / name;
  }
  return std::nullopt;
}

std::string ReadText(const fs::path& path) {
  std::error_code error;
  if (fs::file_size(path, error) > kMaxBytes || error) {
    ThrowIncompatible(path.string(), "it is too large to be read");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw CpwError(ErrorCode::kModelNotFound,
                   "Cannot open " + path.string() + ". Next step: check that it may be read.");
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

json ReadJson(const fs::path& path) {
  try {
    return json::parse(ReadText(path));
  } catch (const json::exception& failure) {
    ThrowIncompatible(path.string(), std::string("it is not valid JSON (") + failure.what() + ")");
  }
}

// Upstream reads these without asking for their types.
void CheckConfig(const fs::path& folder) {
  const fs::path path = folder / "config.json";
  const json config = ReadJson(path);
  if (!config.is_object()) ThrowIncompatible(path.string(), "it is not a JSON object");
  const auto wants = [&](const char* key, bool good, const char* what) {
    if (!good) ThrowIncompatible(path.string(), std::string("'") + key + "' is not " + what);
  };
  for (const char* key : {"unk_token", "bos_token", "eos_token"}) {
    wants(key, config.contains(key) && config[key].is_string(), "a token");
  }
  for (const char* key : {"add_source_bos", "add_source_eos"}) {
    wants(key, config.contains(key) && config[key].is_boolean(), "true or false");
  }
  const char* start = "decoder_start_token";
  wants(start, config.contains(start) && (config[start].is_string() || config[start].is_null()),
        "a token or null");
  const auto epsilon = config.find("layer_norm_epsilon");
  wants("layer_norm_epsilon", epsilon == config.end() || epsilon->is_null() || epsilon->is_number(),
        "a number");
  const auto kind = config.find("quantization_type");
  wants("quantization_type", kind == config.end() || *kind == 0, "one that is known here");
}

// Whether some token has the form of M2M-100's languages, `__en__`.
bool NamesLanguagesLikeM2m(const fs::path& vocabulary) {
  return ReadText(vocabulary).find("__en__") != std::string::npos;
}

void Missing(const fs::path& folder, const std::string& what) {
  throw CpwError(ErrorCode::kModelNotFound, "The model folder " + folder.string() + " has no " +
                                                what +
                                                ". Next step: put the file of the original model "
                                                "there, or download the model again.");
}

void FindPieces(const fs::path& folder, TranslationFolder& found) {
  if (const auto source = First(folder, {"model.SRC", "vocab/model.SRC"})) {
    const auto target = First(folder, {"model.TGT", "vocab/model.TGT"});
    if (!target) Missing(folder, "model.TGT beside its model.SRC");
    found.layout = TranslationLayout::kIndicTrans2;
    found.source_pieces = source->string();
    found.target_pieces = target->string();
    return;
  }
  if (const auto source = First(folder, {"source.spm"})) {
    const auto target = First(folder, {"target.spm"});
    if (!target) Missing(folder, "target.spm beside its source.spm");
    found.layout = TranslationLayout::kOpus;
    found.source_pieces = source->string();
    found.target_pieces = target->string();
    return;
  }
  const auto shared =
      First(folder, {"sentencepiece.bpe.model", "sentencepiece.model", "spm.model"});
  if (!shared) {
    Missing(folder,
            "SentencePiece model (sentencepiece.bpe.model, source.spm and target.spm, or "
            "model.SRC and model.TGT)");
  }
  found.source_pieces = shared->string();
  found.target_pieces = shared->string();
  const auto vocabulary = First(folder, {"shared_vocabulary.json", "shared_vocabulary.txt"});
  if (!vocabulary) Missing(folder, "shared_vocabulary.json and no shared_vocabulary.txt");
  found.layout =
      NamesLanguagesLikeM2m(*vocabulary) ? TranslationLayout::kM2m100 : TranslationLayout::kNllb;
}

}  // namespace

const char* LayoutName(TranslationLayout layout) {
  constexpr const char* kNames[] = {"nllb", "m2m100", "opus", "indictrans2"};
  return kNames[static_cast<std::size_t>(layout)];
}

TranslationFolder CheckTranslationFolder(const std::string& path) {
  std::error_code error;
  const fs::path folder(path);
  if (!fs::is_directory(folder, error)) {
    throw CpwError(ErrorCode::kModelNotFound,
                   "There is no model folder " + path +
                       ". Next step: check the path, or name a model to fetch.");
  }
  for (const char* name : {"model.bin", "config.json"}) {
    if (!First(folder, {name})) Missing(folder, name);
  }
  TranslationFolder found;
  found.shape = CheckTranslationSpec(ReadModelBin(path));
  CheckConfig(folder);
  FindPieces(folder, found);
  return found;
}

}  // namespace cpw
