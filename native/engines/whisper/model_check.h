#pragma once

#include <cstdint>
#include <string>

#include "engines/whisper/ggml_file.h"

namespace cpw {

// The header of a Whisper ggml file, in the order of the file.
struct WhisperHeader {
  std::int32_t n_vocab = 0;
  std::int32_t n_audio_ctx = 0;
  std::int32_t n_audio_state = 0;
  std::int32_t n_audio_head = 0;
  std::int32_t n_audio_layer = 0;
  std::int32_t n_text_ctx = 0;
  std::int32_t n_text_state = 0;
  std::int32_t n_text_head = 0;
  std::int32_t n_text_layer = 0;
  std::int32_t n_mels = 0;
  std::int32_t ftype = 0;  // with the quantisation version as thousands

  bool multilingual() const { return n_vocab >= 51865; }
  // What the weights are stored as: "f16", "q5_0", …
  std::string WeightType() const;
};

// Both read the file to its end (weights are skipped, not read) and leave it rewound. Whatever
// upstream would assert, overflow or silently take for something else is refused here.
WhisperHeader CheckWhisperFile(GgmlFile& file);
void CheckSileroFile(GgmlFile& file);

}  // namespace cpw
