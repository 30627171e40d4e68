#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/translation.h"
#include "engines/ctranslate2/load_options.h"
#include "engines/ctranslate2/model_memory.h"

namespace cpw {

class LoadedTranslation;
class SentenceQueue;
class TranslationPool;

// A translation model over CTranslate2. The weights are shared by the replicas, each of which has a
// thread; texts of all calls wait in one queue.
class Translator {
 public:
  // Blocks while it loads. Throws CpwError or Aborted.
  Translator(const ModelLoadOptions& options, Job& job);
  ~Translator();  // waits for what was submitted
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;

  const TranslatorInfo& info() const;
  // Blocks. One result a text, in order; an empty text has an empty translation. Throws CpwError or
  // Aborted.
  std::vector<TranslationResult> Translate(const std::vector<std::string>& texts,
                                           const TranslateOptions& options,
                                           const std::shared_ptr<Job>& job);

 private:
  void Load(const ModelLoadOptions& options, Job& job);

  const ModelMemory memory_;  // first: it goes after what it gives back
  const std::size_t replicas_;
  const std::unique_ptr<SentenceQueue> queue_;
  std::unique_ptr<LoadedTranslation> model_;
  std::unique_ptr<TranslationPool> pool_;  // last: its threads use the rest
};

}  // namespace cpw
