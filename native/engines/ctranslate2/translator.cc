#include "engines/ctranslate2/translator.h"

#include <ctranslate2/cancellation.h>
#include <ctranslate2/replica_pool.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "engines/ctranslate2/failure.h"
#include "engines/ctranslate2/load_models.h"
#include "engines/ctranslate2/model_error.h"
#include "engines/ctranslate2/translation_batch.h"

namespace cpw {

class TranslationPool : public ::ctranslate2::ReplicaPool<TranslationReplica> {
 public:
  using ReplicaPool::ReplicaPool;
};

namespace {

constexpr SentenceLimits kBatch{64, 2048};

}  // namespace

Translator::Translator(const ModelLoadOptions& options, Job& job)
    : replicas_(static_cast<std::size_t>(std::max(options.replicas, 1))),
      queue_(std::make_unique<SentenceQueue>(kBatch, replicas_)) {
  job.Check();
  try {
    Load(options, job);
  } catch (...) {
    RethrowLoadFailure(job, options.path);
  }
}

Translator::~Translator() = default;

void Translator::Load(const ModelLoadOptions& options, Job& job) {
  TranslationFolder folder = CheckTranslationFolder(options.path);
  const LoadedModels loaded = LoadModels(options, job);
  const auto model =
      std::dynamic_pointer_cast<const LoadedTranslation::Model>(loaded.replicas.front());
  if (!model) ThrowIncompatible(options.path, "it does not translate");
  model_ = std::make_unique<LoadedTranslation>(std::move(folder), model);
  model_->info().device = options.device;
  model_->info().compute_type = ::ctranslate2::compute_type_to_str(model->effective_compute_type());
  pool_ = std::make_unique<TranslationPool>(loaded.replicas, loaded.pool);
  job.Check();
}

const TranslatorInfo& Translator::info() const { return model_->info(); }

std::vector<TranslationResult> Translator::Translate(const std::vector<std::string>& texts,
                                                     const TranslateOptions& options,
                                                     const std::shared_ptr<Job>& job) {
  const auto call = std::make_shared<TranslationCall>(*model_, texts, options, job);
  queue_->Push(call);
  // Each takes batches until none is left; some find that others have taken all.
  for (std::size_t i = 0; i < replicas_; ++i) {
    pool_->post<bool>([this](TranslationReplica& replica) {
      for (auto batch = queue_->Take(); !batch.empty(); batch = queue_->Take()) {
        RunTranslationBatch(replica, *model_, std::move(batch));
      }
      return true;
    });
  }
  call->WaitForAbort();
  if (job->aborted()) queue_->Discard();
  return call->Wait();
}

}  // namespace cpw
