#pragma once

#include <cstddef>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/mel.h"
#include "core/window_recognizer.h"
#include "engines/ctranslate2/model_memory.h"
#include "engines/ctranslate2/tokenizer.h"
#include "engines/ctranslate2/whisper_folder.h"

namespace ctranslate2 {
class StorageView;
namespace models {
class Whisper;
class WhisperReplica;
}  // namespace models
}  // namespace ctranslate2

namespace cpw {

struct CTranslate2LoadOptions {
  std::string path;    // the model's folder
  std::string device;  // "cpu" | "cuda"
  int device_index;
  std::string compute_type;  // upstream's name, e.g. "int8_float32"
  int replicas;              // windows worked on at the same time
  int threads;               // of each replica
};

// Whisper over CTranslate2. The weights are shared by the replicas, each of which has a thread.
class CTranslate2Recognizer final : public WindowRecognizer {
 public:
  // Blocks while it loads. Throws CpwError or Aborted.
  CTranslate2Recognizer(const CTranslate2LoadOptions& options, Job& job);
  ~CTranslate2Recognizer() override;  // waits for what was submitted

  const ModelInfo& info() const override { return info_; }
  int parallelism() const override { return replicas_; }
  std::future<WindowResult> Submit(std::shared_ptr<const Window> window,
                                   const DecodeOptions& options, std::shared_ptr<Job> job) override;
  std::future<std::vector<LanguageScore>> DetectLanguage(std::shared_ptr<const Window> window,
                                                         std::shared_ptr<Job> job) override;

 private:
  using Replica = ::ctranslate2::models::WhisperReplica;

  void Load(const CTranslate2LoadOptions& options, Job& job);
  // Posts `work(replica)` with the job's abort flag in force and upstream's failures translated.
  template <typename Result, typename Work>
  std::future<Result> Post(std::shared_ptr<Job> job, Work work);

  WindowResult Recognize(Replica& replica, const Window& window, const DecodeOptions& options,
                         const Job& job) const;
  // Decodes the window from `offset` seconds on and adds its segments; returns the offset at which
  // the model stopped listening.
  double RecognizePart(Replica& replica, const Window& window, const DecodeOptions& options,
                       double offset, WindowResult& result, const Job& job) const;
  // `frames` of the spectrogram, silence behind the samples included; 3000 at most.
  ::ctranslate2::StorageView Encode(Replica& replica, std::span<const float> samples,
                                    std::size_t frames, const Job& job) const;
  std::vector<LanguageScore> ScoreLanguages(Replica& replica,
                                            ::ctranslate2::StorageView& encoded) const;
  void CheckLanguage(const DecodeOptions& options) const;
  std::vector<std::size_t> Prompt(const std::string& language, const DecodeOptions& options) const;

  const ModelMemory memory_;  // first: it goes after what it gives back
  const int replicas_;
  const WhisperFolder folder_;
  const Tokenizer tokenizer_;
  const MelSpectrogram mel_;
  ModelInfo info_;
  std::unique_ptr<::ctranslate2::models::Whisper> pool_;  // last: its threads use the rest
};

}  // namespace cpw
