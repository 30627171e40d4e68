#include "engines/ctranslate2/translator.h"

#include <ctranslate2/cancellation.h>
#include <ctranslate2/replica_pool.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "engines/ctranslate2/compute.h"
#include "engines/ctranslate2/failure.h"
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

Translator::Translator(const TranslatorLoadOptions& options, Job& job)
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

void Translator::Load(const TranslatorLoadOptions& options, Job& job) {
  TranslationFolder folder = CheckTranslationFolder(options.path);
  CaptureUpstreamLog();
  const auto threads = static_cast<std::size_t>(std::max(options.threads, 1));
  ::ctranslate2::models::ModelLoader loader(options.path);
  loader.device = CheckedDevice(options.device, options.device_index);
  loader.device_indices = {options.device_index};
  loader.num_replicas_per_device = replicas_;
  loader.compute_type =
      CheckedComputeType(options.compute_type, loader.device, options.device_index);
  job.Check();
  ::ctranslate2::set_num_threads(threads);
  const auto models = loader.load();
  job.Check();
  const auto model = std::dynamic_pointer_cast<const LoadedTranslation::Model>(models.front());
  if (!model) ThrowIncompatible(options.path, "it does not translate");
  model_ = std::make_unique<LoadedTranslation>(std::move(folder), model);
  model_->info().device = options.device;
  model_->info().compute_type = ::ctranslate2::compute_type_to_str(model->effective_compute_type());
  // -1: never block a caller on a full queue.
  pool_ =
      std::make_unique<TranslationPool>(models, ::ctranslate2::ReplicaPoolConfig{threads, -1, -1});
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
