#pragma once

#include <ctranslate2/storage_view.h>

#include <cstddef>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/window_recognizer.h"
#include "engines/ctranslate2/loaded_whisper.h"
#include "engines/ctranslate2/prompt.h"
#include "engines/ctranslate2/search.h"
#include "engines/ctranslate2/segments.h"

namespace ctranslate2::models {
class WhisperReplica;
}

namespace cpw {

// One submitted window on its way to its segments. It is decoded in parts, as a model may stop
// listening before the window's end, and each part until its text looks right: as the caller wants
// it, with the wider beam, over the 30 s that the model was trained on, then by sampling at rising
// temperatures. Whoever runs it (batch.cc) does this:
//
//   Begin(); while (!done()) { while (next()) Consider(search of *next()); FinishPart(); }
class WindowTask {
 public:
  using Replica = ::ctranslate2::models::WhisperReplica;

  WindowTask(const LoadedWhisper& model, std::shared_ptr<const Window> window,
             const DecodeOptions& options, std::shared_ptr<Job> job);

  std::future<WindowResult> future() { return promise_.get_future(); }
  Job& job() const { return *job_; }
  const DecodeOptions& options() const { return options_; }
  // Frames that the first part is encoded with: what the task will take of memory and time.
  std::size_t frames() const { return frames_; }

  // Encodes the first part.
  void Begin(Replica& replica);
  bool done() const { return done_; }
  // What to try next on this part; nothing when its text is settled.
  const std::optional<DecodingAttempt>& next() const { return next_; }
  // Makes ready for next(): its encoding may be a longer one.
  SearchRow Row(Replica& replica);
  // Tries next() on the rows of this task and of those that share the step.
  std::vector<FoundText> Search(Replica& replica, const std::vector<SearchRow>& rows) const;
  void Consider(FoundText found);
  // Keeps the part's segments; begins the next part where there is one.
  void FinishPart(Replica& replica);

  // Each keeps the promise; one of them is called, once.
  void Resolve();
  void Reject(std::exception_ptr error);
  bool answered() const { return answered_; }

  // Whether the two can be decoded in one batch, now.
  bool SharesStep(const WindowTask& other) const;

 private:
  void BeginPart(Replica& replica, double offset);
  void ChooseNext();
  // What was heard in the part, times from its beginning.
  TokenSegments Split() const;
  // One for each of `split`, with words where they are asked for.
  std::vector<Segment> Segments(Replica& replica, const TokenSegments& split);
  void TimeWords(Replica& replica, const TokenSegments& split, std::vector<Segment>& segments);

  const LoadedWhisper& model_;
  const std::shared_ptr<const Window> window_;
  const DecodeOptions options_;
  const std::shared_ptr<Job> job_;
  const GateLimits limits_;
  const std::vector<DecodingAttempt> ladder_;
  std::promise<WindowResult> promise_;
  WindowResult result_;
  bool done_ = false;
  bool answered_ = false;
  std::optional<Job::Running> running_;

  // Of the part in work.
  double offset_ = 0;
  std::span<const float> samples_;
  std::size_t frames_ = 0;
  ::ctranslate2::StorageView encoded_;
  DecoderPrompt prompt_;
  std::string language_;
  std::size_t rung_ = 0;
  std::optional<DecodingAttempt> next_;
  std::optional<FoundText> best_;
  bool agreed_ = false;  // two passes wrote the same
};

}  // namespace cpw
