#pragma once

#include <string>

#include "engines/ctranslate2/vocabulary.h"
#include "engines/ctranslate2/whisper_spec.h"

namespace cpw {

// Checks a Whisper folder's config.json. Upstream reads it without tests: a missing key or an id
// beyond the vocabulary would be undefined behaviour there.
void CheckWhisperConfig(const std::string& folder, const WhisperShape& shape,
                        const WhisperVocabulary& vocabulary);

}  // namespace cpw
