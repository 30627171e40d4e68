#pragma once

#include <utility>

#include "core/mel.h"
#include "core/window_recognizer.h"
#include "engines/ctranslate2/tokenizer.h"
#include "engines/ctranslate2/whisper_folder.h"

namespace cpw {

// What the windows of a model need to know of it beside its weights. Read by every thread.
struct LoadedWhisper {
  explicit LoadedWhisper(WhisperFolder checked)
      : folder(std::move(checked)), tokenizer(folder.vocabulary), mel(folder.shape.mels) {}
  LoadedWhisper(const LoadedWhisper&) = delete;
  LoadedWhisper& operator=(const LoadedWhisper&) = delete;

  const WhisperVocabulary& vocabulary() const { return folder.vocabulary; }
  const SpecialTokens& special() const { return folder.vocabulary.special(); }

  const WhisperFolder folder;
  const Tokenizer tokenizer;  // refers to the folder's vocabulary
  const MelSpectrogram mel;
  ModelInfo info;  // complete once the weights are loaded
};

}  // namespace cpw
