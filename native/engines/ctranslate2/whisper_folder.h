#pragma once

#include <string>

#include "engines/ctranslate2/vocabulary.h"
#include "engines/ctranslate2/whisper_spec.h"

namespace cpw {

struct WhisperFolder {
  WhisperShape shape;
  WhisperVocabulary vocabulary;
};

// Checks a CTranslate2 Whisper folder before upstream's loader sees it. Throws CpwError
// kModelNotFound, or kModelIncompatible with the file, the reason and the next step.
WhisperFolder CheckWhisperFolder(const std::string& path);

}  // namespace cpw
