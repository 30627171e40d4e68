#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/words.h"
#include "engines/whisper/model.h"

namespace cpw {

// Throws CpwError kModelIncompatible where nobody knows which of the model's heads follow speech.
void CheckWordTimes(const WhisperModel& model);

// What was said in the audio that a state encoded last.
struct EncodedSpeech {
  std::string language;  // Whisper's code
  bool translate = false;
  std::size_t samples = 0;  // of the audio given to upstream, without the silence behind it
  // As upstream decoded them, in order; what is not text among them is left out.
  std::vector<std::vector<whisper_token_data>> segments;
};

// Times the tokens of each segment, from the beginning of the audio that was given to upstream, by
// one pass of the decoder over all of them. Throws CpwError or Aborted.
std::vector<std::vector<TimedToken>> TimeTokens(const WhisperModel& model, whisper_state* state,
                                                const EncodedSpeech& speech, const Job& job);

// Gives the segments of a window their words; `tokens` has one row for each, timed from the
// window's first sample.
void AddWords(const WhisperModel& model, const std::string& language,
              std::span<const float> samples, std::span<const std::vector<TimedToken>> tokens,
              std::vector<Segment>& segments);

}  // namespace cpw
