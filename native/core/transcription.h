#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/audio_source.h"
#include "core/job.h"
#include "core/window_recognizer.h"
#include "core/windower.h"

namespace cpw {

struct TranscriptionOptions {
  DecodeOptions decode;
  double window_s;                // longest window, 1..30
  std::optional<VadOptions> vad;  // nullopt = 30 s windows that seek by the last timestamp
  // Seconds of the recording up to which an earlier call with the same options has come: its
  // windows are cut as it cut them and not decoded again. Above 0 only where no window needs the
  // one before.
  double resume_s = 0;
};

struct TranscriptionResult {
  std::string language;
  double language_probability = 0;
  double duration = 0;  // seconds of audio read
  std::string damage;   // what kept the audio from being whole, in words
  std::vector<RemovedText> removed;
};

// Runs one job on the calling thread: reads `source`, cuts windows, keeps up to
// recognizer.parallelism() of them in flight, emits their segments in order with absolute times
// (monotone, start < end, inside the audio), reports progress. `scorer` is required with vad.
TranscriptionResult Transcribe(WindowRecognizer& recognizer, AudioSource& source,
                               SpeechScorer* scorer, const TranscriptionOptions& options,
                               std::shared_ptr<Job> job);

// From the first 30 s of speech (of audio, without a scorer); reads no further than needed.
std::vector<LanguageScore> DetectLanguage(WindowRecognizer& recognizer, AudioSource& source,
                                          SpeechScorer* scorer,
                                          const std::optional<VadOptions>& vad,
                                          std::shared_ptr<Job> job);

// Speech segments of the whole source, by Silero's rule (core/speech_segmenter.h), padded.
std::vector<SpeechSegment> DetectSpeech(AudioSource& source, SpeechScorer& scorer,
                                        const VadOptions& vad, std::shared_ptr<Job> job);

}  // namespace cpw
