#include "engines/ctranslate2/whisper_folder.h"

#include <filesystem>
#include <utility>

#include "engines/ctranslate2/model_error.h"
#include "engines/ctranslate2/whisper_config.h"

namespace cpw {

WhisperFolder CheckWhisperFolder(const std::string& path) {
  std::error_code error;
  const std::filesystem::path folder(path);
  if (!std::filesystem::is_directory(folder, error)) {
    throw CpwError(ErrorCode::kModelNotFound,
                   "There is no model folder " + path +
                       ". Next step: check the path, or name a model to fetch.");
  }
  if (!std::filesystem::is_regular_file(folder / "model.bin", error)) {
    throw CpwError(
        ErrorCode::kModelNotFound,
        "The folder " + path +
            " has no model.bin, so it is no CTranslate2 model. Next step: check the path.");
  }
  const ModelBin bin = ReadModelBin(path);
  const WhisperShape shape = CheckWhisperSpec(bin);
  WhisperVocabulary vocabulary = WhisperVocabulary::Load(path);
  if (vocabulary.size() != static_cast<std::size_t>(shape.vocabulary)) {
    ThrowIncompatible(vocabulary.path(), "it has " + std::to_string(vocabulary.size()) +
                                             " tokens, but " + bin.path + " has " +
                                             std::to_string(shape.vocabulary));
  }
  CheckWhisperConfig(path, shape, vocabulary);
  return {shape, std::move(vocabulary)};
}

}  // namespace cpw
