#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/window_recognizer.h"
#include "engines/ctranslate2/load_options.h"
#include "engines/ctranslate2/loaded_whisper.h"
#include "engines/ctranslate2/model_memory.h"

namespace ctranslate2::models {
class Whisper;
}

namespace cpw {

class WindowQueue;

struct CTranslate2LoadOptions : ModelLoadOptions {
  int batch_rows;     // windows decoded together at most
  int batch_seconds;  // and their audio
};

// Whisper over CTranslate2. The weights are shared by the replicas, each of which has a thread.
// Windows of all jobs wait in one queue, and a replica decodes several at once (batch.h).
class CTranslate2Recognizer final : public WindowRecognizer {
 public:
  // Blocks while it loads. Throws CpwError or Aborted.
  CTranslate2Recognizer(const CTranslate2LoadOptions& options, Job& job);
  ~CTranslate2Recognizer() override;  // waits for what was submitted

  const ModelInfo& info() const override { return model_.info; }
  int parallelism() const override;
  std::future<WindowResult> Submit(std::shared_ptr<const Window> window,
                                   const DecodeOptions& options, std::shared_ptr<Job> job) override;
  std::future<std::vector<LanguageScore>> DetectLanguage(std::shared_ptr<const Window> window,
                                                         std::shared_ptr<Job> job) override;

 private:
  void Load(const CTranslate2LoadOptions& options, Job& job);

  const ModelMemory memory_;  // first: it goes after what it gives back
  const int replicas_;
  const int batch_rows_;
  LoadedWhisper model_;
  const std::unique_ptr<WindowQueue> queue_;
  std::unique_ptr<::ctranslate2::models::Whisper> pool_;  // last: its threads use the rest
};

}  // namespace cpw
