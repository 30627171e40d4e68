#include "engines/whisper/search_params.h"

#include <algorithm>

namespace cpw {
namespace {

constexpr std::size_t kMostTokens = 219;  // upstream stops at 220 and then knows no text

constexpr float kNever = 2;  // as a threshold of a probability

}  // namespace

whisper_full_params SearchParams(const DecodingAttempt& attempt, const DecodeOptions& options) {
  const bool searches = attempt.temperature == 0 && attempt.beam_size > 1;
  whisper_full_params params = whisper_full_default_params(searches ? WHISPER_SAMPLING_BEAM_SEARCH
                                                                    : WHISPER_SAMPLING_GREEDY);
  params.translate = options.translate;
  params.temperature = static_cast<float>(attempt.temperature);
  params.temperature_inc = 0;
  params.greedy.best_of = attempt.temperature > 0 ? options.best_of : 1;
  params.beam_search.beam_size = attempt.beam_size;
  params.beam_search.patience = static_cast<float>(options.patience);
  params.length_penalty = static_cast<float>(options.length_penalty);
  // What upstream would judge by is judged in DecodePart.
  params.entropy_thold = -1;
  params.no_speech_thold = kNever;
  return params;
}

std::size_t TokenLimit(double duration, std::size_t prefix) {
  return std::min(TokensFor(duration) + prefix, kMostTokens);
}

}  // namespace cpw
