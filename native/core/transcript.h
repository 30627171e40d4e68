#pragma once

#include <string>
#include <vector>

namespace cpw {

// All times are seconds. Inside an engine they count from the window's first sample; the
// transcription driver (core/transcription.h) is the one place that makes them absolute.
struct Word {
  double start = 0;
  double end = 0;
  std::string word;
  double probability = 0;
};

struct Segment {
  double start = 0;
  double end = 0;
  std::string text;           // UTF-8, trimmed
  double avg_logprob = 0;     // mean natural-log probability of the segment's decoding pass
  double no_speech_prob = 0;  // 0..1
  std::vector<Word> words;    // empty unless asked for
};

struct SpeechSegment {
  double start = 0;
  double end = 0;
};

struct LanguageScore {
  std::string language;  // ISO 639-1 code as Whisper names it, e.g. "en"
  double probability = 0;
};

}  // namespace cpw
