#pragma once

#include <whisper.h>

#include <memory>

namespace cpw {

struct WhisperDeleter {
  void operator()(whisper_context* context) const { whisper_free(context); }
  void operator()(whisper_state* state) const { whisper_free_state(state); }
};

using WhisperContext = std::unique_ptr<whisper_context, WhisperDeleter>;
using WhisperState = std::unique_ptr<whisper_state, WhisperDeleter>;

}  // namespace cpw
