#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/job.h"
#include "core/translation.h"
#include "engines/ctranslate2/model_memory.h"

namespace cpw {

class LoadedTranslation;
class SentenceQueue;
class TranslationPool;

struct TranslatorLoadOptions {
  std::string path;    // the model's folder
  std::string device;  // "cpu" | "cuda"
  int device_index;
  std::string compute_type;  // upstream's name, e.g. "int8_float32"
  int replicas;              // batches worked on at the same time
  int threads;               // of each replica
};

// A translation model over CTranslate2. The weights are shared by the replicas, each of which has a
// thread; texts of all calls wait in one queue.
class Translator {
 public:
  // Blocks while it loads. Throws CpwError or Aborted.
  Translator(const TranslatorLoadOptions& options, Job& job);
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
  void Load(const TranslatorLoadOptions& options, Job& job);

  const ModelMemory memory_;  // first: it goes after what it gives back
  const std::size_t replicas_;
  const std::unique_ptr<SentenceQueue> queue_;
  std::unique_ptr<LoadedTranslation> model_;
  std::unique_ptr<TranslationPool> pool_;  // last: its threads use the rest
};

}  // namespace cpw
