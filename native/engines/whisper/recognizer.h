#pragma once

#include <future>
#include <memory>
#include <vector>

#include "core/executor.h"
#include "core/window_recognizer.h"
#include "engines/whisper/decoder.h"
#include "engines/whisper/model.h"

namespace cpw {

// whisper.cpp: one set of weights, `replicas` windows at a time.
class WhisperRecognizer final : public WindowRecognizer {
 public:
  WhisperRecognizer(const WhisperLoadOptions& options, const Job& job);

  const ModelInfo& info() const override { return model_.info; }
  int parallelism() const override { return static_cast<int>(decoders_.size()); }
  std::future<WindowResult> Submit(std::shared_ptr<const Window> window,
                                   const DecodeOptions& options, std::shared_ptr<Job> job) override;
  std::future<std::vector<LanguageScore>> DetectLanguage(std::shared_ptr<const Window> window,
                                                         std::shared_ptr<Job> job) override;

 private:
  template <typename Result, typename Work>
  std::future<Result> Post(Work work);
  void CheckOptions(const DecodeOptions& options) const;

  WhisperModel model_;
  std::vector<WhisperDecoder> decoders_;  // one for each thread of the executor
  Executor executor_;                     // last: its destructor runs what was submitted
};

}  // namespace cpw
