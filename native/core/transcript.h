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

// Which attempt at its window a text comes from.
enum class DecodingPass {
  kFirst,    // greedy, or with the beam that the caller gave
  kBeam,     // with the wider beam
  kFull,     // with the audio filled up to 30 s
  kSampled,  // drawn at a temperature
};

struct Segment {
  double start = 0;
  double end = 0;
  std::string text;              // UTF-8, trimmed
  double avg_logprob = 0;        // mean natural-log probability of the segment's decoding pass
  double no_speech_prob = 0;     // 0..1
  double compression_ratio = 0;  // of the text of the segment's window
  double temperature = 0;
  DecodingPass pass = DecodingPass::kFirst;
  std::string language;     // "" unless it was decided for every window
  std::vector<Word> words;  // empty unless asked for
};

// What a model wrote and nobody spoke.
struct RemovedText {
  double start = 0;
  double end = 0;
  std::string text;
  std::string reason;
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
