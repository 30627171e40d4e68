#pragma once

#include <future>
#include <memory>
#include <vector>

#include "core/heap_trim.h"
#include "core/window_recognizer.h"
#include "engines/whisper/load_options.h"

namespace cpw {

// whisper.cpp: one set of weights, `replicas` windows at a time.
class WhisperRecognizer final : public WindowRecognizer {
 public:
  // Throws Aborted between two tensors once `job` is aborted.
  WhisperRecognizer(const WhisperLoadOptions& options, const Job& job);
  ~WhisperRecognizer() override;

  const ModelInfo& info() const override;
  int parallelism() const override;
  std::future<WindowResult> Submit(std::shared_ptr<const Window> window,
                                   const DecodeOptions& options, std::shared_ptr<Job> job) override;
  std::future<std::vector<LanguageScore>> DetectLanguage(std::shared_ptr<const Window> window,
                                                         std::shared_ptr<Job> job) override;

 private:
  class Replicas;  // keeps upstream's headers out of this one

  const HeapTrim trim_;  // first: it goes after what it gives back
  std::unique_ptr<Replicas> replicas_;
};

}  // namespace cpw
