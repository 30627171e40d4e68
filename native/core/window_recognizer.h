#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/transcript.h"
#include "core/window.h"

namespace cpw {

// No defaults here: TypeScript's schema states them all.
struct DecodeOptions {
  std::string language;  // Whisper's code, "" = detect from the window
  bool translate;        // to English
  int beam_size;         // 1 = greedy
  int retry_beam_size;   // beam for a window whose first pass looks wrong, 0 = no retry
  double patience;
  double length_penalty;
  double repetition_penalty;           // 1 = none
  int no_repeat_ngram_size;            // 0 = none
  std::vector<double> temperatures;    // tried in turn until the text passes the thresholds
  int best_of;                         // texts drawn at a temperature above 0
  double compression_ratio_threshold;  // 0 = no text is taken for a loop
  double log_prob_threshold;
  double no_speech_threshold;
  bool condition_on_previous_text;
  std::string initial_prompt;        // "" = none
  std::string previous_text;         // set by the driver: what was said before the window
  std::string hotwords;              // "" = none
  std::string prefix;                // of the first window, "" = none
  std::vector<int> suppress_tokens;  // -1 = the model's own list
  bool word_timestamps;
  bool multilingual;  // the language is decided for every window
  // Set by the driver, not an option: the audio goes on after the window and is seen again from
  // WindowResult::consumed, so a sentence left open at the window's end is left out.
  bool seeks = false;
  bool operator==(const DecodeOptions&) const = default;
};

struct WindowResult {
  std::vector<Segment> segments;  // times relative to the window's start
  std::string language;
  // Seconds of the window that are done with: where a sentence begins that was left out because of
  // DecodeOptions::seeks, else the window's duration.
  double consumed = 0;
  std::vector<RemovedText> removed;  // times as those of the segments
};

struct ModelInfo {
  std::string engine;        // "whisper" | "ctranslate2"
  std::string device;        // "cpu" | "cuda" | "metal"
  std::string compute_type;  // what really runs, e.g. "int8_float32", "f16"
  bool multilingual = false;
  int mels = 80;
  std::vector<std::string> languages;
};

// One loaded model. Every method may be called from any thread; work runs on the engine's own
// threads, in the order of submission, and holds Job::Running while it does. A future throws
// CpwError or Aborted. The destructor waits for what was submitted.
class WindowRecognizer {
 public:
  virtual ~WindowRecognizer() = default;
  virtual const ModelInfo& info() const = 0;
  // How many windows can be worked on at the same time.
  virtual int parallelism() const = 0;
  virtual std::future<WindowResult> Submit(std::shared_ptr<const Window> window,
                                           const DecodeOptions& options,
                                           std::shared_ptr<Job> job) = 0;
  // Most probable first. English-only models answer {{"en", 1}}.
  virtual std::future<std::vector<LanguageScore>> DetectLanguage(
      std::shared_ptr<const Window> window, std::shared_ptr<Job> job) = 0;
};

}  // namespace cpw
