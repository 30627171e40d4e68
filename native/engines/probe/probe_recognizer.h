#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "core/executor.h"
#include "core/window_recognizer.h"

namespace cpw {

struct ProbeOptions {
  int replicas;
  int load_ms;
  int window_ms;
  int fail_at_window;  // -1 = none
};

// A scripted engine for tests of everything around an engine: it loads and decodes by sleeping.
// Window n (in the order of submission, from 0) becomes one segment "window n".
class ProbeRecognizer final : public WindowRecognizer {
 public:
  // Sleeps for load_ms; throws Aborted when the job is aborted meanwhile.
  ProbeRecognizer(const ProbeOptions& options, Job& load);

  const ModelInfo& info() const override { return info_; }
  int parallelism() const override { return options_.replicas; }
  std::future<WindowResult> Submit(std::shared_ptr<const Window> window,
                                   const DecodeOptions& options, std::shared_ptr<Job> job) override;
  std::future<std::vector<LanguageScore>> DetectLanguage(std::shared_ptr<const Window> window,
                                                         std::shared_ptr<Job> job) override;

 private:
  const ProbeOptions options_;
  const ModelInfo info_;
  std::mutex mutex_;
  int submitted_ = 0;
  Executor executor_;  // last: its tasks use the members above until it is gone
};

}  // namespace cpw
