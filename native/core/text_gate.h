#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/transcript.h"

namespace cpw {

// One decoding of a window.
struct DecodedPass {
  std::vector<std::size_t> ids;  // text and time tokens
  std::string text;              // of the text tokens
  double avg_logprob = 0;        // cumulative / (tokens + 1), as OpenAI's and faster-whisper's
  double compression_ratio = 0;
  double temperature = 0;
  DecodingPass kind = DecodingPass::kFirst;
  bool capped = false;  // stopped by the length limit
  bool looped = false;
};

// The caller's thresholds; faster-whisper's names and meanings.
struct GateLimits {
  double compression_ratio = 2.4;  // 0 = no text is taken for a loop
  double log_prob = -1.0;
  double no_speech = 0.6;
};

// True when text tokens repeat themselves as a stuck decoder's do: few different tokens at the end
// (whisper.cpp's entropy test), a phrase said four times over, or mostly repeated 4-grams.
bool LooksLooped(std::span<const std::size_t> text_ids);

// Sets `looped`.
void JudgeLoops(DecodedPass& pass, std::span<const std::size_t> text_ids, const GateLimits& limits);

// Whether a pass can be trusted; one that cannot is decoded again.
bool LooksRight(const DecodedPass& pass, const GateLimits& limits);

// Whisper's test for a window without speech.
bool IsSilence(const DecodedPass& pass, double no_speech_prob, const GateLimits& limits);

// Says in a segment which pass its text comes from.
void Describe(Segment& segment, const DecodedPass& pass, double no_speech_prob);

// Whether two passes that listened to different encodings of a window wrote nearly the same. A text
// that repeats itself and comes again so is what was said ("it was the best of times, it was the
// worst of times"): a stuck decoder does not get stuck twice in the same place.
bool Agree(const DecodedPass& left, const DecodedPass& right);

// Whether a pass over the whole 30 s settles a text by agreeing with the best one before it.
bool Confirms(const DecodedPass& whole, const DecodedPass& best, const GateLimits& limits);

// Of two passes of one window the one to keep: trusted before not, then unlooped, then likelier.
bool IsBetter(const DecodedPass& left, const DecodedPass& right, const GateLimits& limits);

}  // namespace cpw
