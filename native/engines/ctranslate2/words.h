#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/transcript.h"
#include "engines/ctranslate2/whisper_folder.h"

namespace ctranslate2 {
class StorageView;
namespace models {
class WhisperReplica;
}
}  // namespace ctranslate2

namespace cpw {

// What is to be aligned: one window, or its rest.
struct WordAlignment {
  // [<|startoftranscript|> [language task]]: the prompt without what stands before, and without the
  // mark for no time tokens.
  std::vector<std::size_t> start_sequence;
  // The ids of each segment; time tokens among them are left out.
  std::vector<std::span<const std::size_t>> segments;
  std::string language;            // Whisper's code
  std::span<const float> samples;  // of the whole window
  std::size_t first_sample = 0;    // of those that were encoded; they go on to the window's end
};

// Throws CpwError kModelIncompatible where the model's config.json names no alignment heads, so
// that word times can be refused before anything is decoded.
void CheckWordTimes(const ctranslate2::models::WhisperReplica& replica,
                    const WhisperVocabulary& vocabulary);

// Gives `segments` (one for each of `alignment.segments`, times relative to the window) their
// words, by one pass of the decoder over the whole text, and narrows them to those. `encoded` is
// one row, encoded at any length; it is neither copied nor changed. Throws as CheckWordTimes().
void AlignWords(ctranslate2::models::WhisperReplica& replica, ctranslate2::StorageView& encoded,
                const WordAlignment& alignment, const WhisperFolder& folder,
                std::vector<Segment>& segments);

}  // namespace cpw
