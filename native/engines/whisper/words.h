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

// Times the tokens of one upstream pass. Upstream decodes in chunks and forgets a chunk's encoding
// at the next one, so the text of each chunk is aligned before the next begins.
class TokenTimer {
 public:
  // `samples`: how many the pass is over, its padding left out. Both references outlive the timer.
  TokenTimer(const WhisperModel& model, const Job& job, const std::string& language, bool translate,
             std::size_t samples);

  // Aligns the segments that upstream wrote since the last call. False after a failure: upstream is
  // to stop, and Finish() throws.
  bool AlignNewSegments(whisper_state* state);
  // Aligns what is left. Throws CpwError kInferenceFailed or Aborted.
  void Finish(whisper_state* state);
  // One row for each of upstream's segments.
  const std::vector<std::vector<TimedToken>>& rows() const { return rows_; }

 private:
  std::vector<whisper_token> Input(whisper_state* state, int first, int last);
  void Fill(whisper_state* state, int first, int last, const std::vector<double>& times);

  const WhisperModel& model_;
  const Job& job_;
  const std::size_t samples_;
  std::vector<whisper_token> start_;  // <|startoftranscript|> [language task] <|notimestamps|>
  std::vector<std::vector<TimedToken>> rows_;
  bool failed_ = false;
};

// Gives the segments of a window their words; `tokens` has one row for each.
void AddWords(const WhisperModel& model, const std::string& language,
              std::span<const float> samples, std::span<const std::vector<TimedToken>> tokens,
              std::vector<Segment>& segments);

}  // namespace cpw
