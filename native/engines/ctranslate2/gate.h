#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cpw {

// One decoding of a window.
struct DecodedPass {
  std::vector<std::size_t> ids;  // text and time tokens
  double avg_logprob = 0;        // cumulative / (tokens + 1), as OpenAI's and faster-whisper's
  bool capped = false;           // stopped by the length limit
  bool looped = false;
};

// True when text tokens repeat themselves as a stuck decoder's do: few different tokens at the end
// (whisper.cpp's entropy test), a phrase said four times over, or mostly repeated 4-grams.
bool LooksLooped(std::span<const std::size_t> text_ids);

// Whether a pass can be trusted; one that cannot is decoded again.
bool LooksRight(const DecodedPass& pass);

// Whisper's test for a window without speech.
bool IsSilence(const DecodedPass& pass, double no_speech_prob);

// Of two passes of one window the one to keep: trusted before not, then unlooped, then likelier.
bool IsBetter(const DecodedPass& left, const DecodedPass& right);

}  // namespace cpw
