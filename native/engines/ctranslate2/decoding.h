#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/job.h"
#include "engines/ctranslate2/gate.h"
#include "engines/ctranslate2/vocabulary.h"

namespace ctranslate2 {
class StorageView;
namespace models {
class WhisperReplica;
}
}  // namespace ctranslate2

namespace cpw {

struct DecodingPlan {
  std::vector<std::size_t> prompt;  // [<|startofprev|> text] <|startoftranscript|> [language task]
  std::size_t beam_size = 1;
  std::size_t retry_beam_size = 0;  // 0 = no second beam, temperatures alone
  double duration = 0;              // seconds of audio in the window
  // The window filled up to 30 s, as the model was trained; empty where `encoded` is that already.
  std::function<ctranslate2::StorageView()> encode_whole;
};

struct DecodedWindow {
  DecodedPass pass;
  double no_speech_prob = 0;
};

// Decodes one encoded window, and again where the result looks wrong: with the wider beam, then
// over 30 s, then by sampling at rising temperatures. `encoded` may be replaced; it is not copied.
DecodedWindow DecodeWindow(ctranslate2::models::WhisperReplica& replica,
                           ctranslate2::StorageView& encoded, const DecodingPlan& plan,
                           const SpecialTokens& special, const Job& job);

}  // namespace cpw
