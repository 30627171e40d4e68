#include "engines/ctranslate2/recognizer.h"

#include <ctranslate2/cancellation.h>
#include <ctranslate2/models/whisper.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "engines/ctranslate2/encoding.h"
#include "engines/ctranslate2/failure.h"
#include "engines/ctranslate2/load_models.h"
#include "engines/ctranslate2/window_queue.h"

namespace cpw {
namespace {

using ::ctranslate2::models::WhisperReplica;

constexpr std::size_t kFramesPerSecond = kEncoderFrames / 30;

BatchLimits LimitsOf(const CTranslate2LoadOptions& options) {
  return {static_cast<std::size_t>(std::max(options.batch_rows, 1)),
          static_cast<std::size_t>(std::max(options.batch_seconds, 1)) * kFramesPerSecond};
}

WhisperFolder CheckedFolder(const CTranslate2LoadOptions& options, Job& job) {
  job.Check();
  try {
    return CheckWhisperFolder(options.path);
  } catch (...) {
    RethrowLoadFailure(job, options.path);
  }
}

}  // namespace

CTranslate2Recognizer::CTranslate2Recognizer(const CTranslate2LoadOptions& options, Job& job)
    : replicas_(std::max(options.replicas, 1)),
      batch_rows_(std::max(options.batch_rows, 1)),
      model_(CheckedFolder(options, job)),
      queue_(
          std::make_unique<WindowQueue>(LimitsOf(options), static_cast<std::size_t>(replicas_))) {
  Load(options, job);
}

CTranslate2Recognizer::~CTranslate2Recognizer() = default;

int CTranslate2Recognizer::parallelism() const { return replicas_ * batch_rows_; }

void CTranslate2Recognizer::Load(const CTranslate2LoadOptions& options, Job& job) {
  try {
    const LoadedModels loaded = LoadModels(options, job);
    pool_ = std::make_unique<::ctranslate2::models::Whisper>(loaded.replicas, loaded.pool);
    model_.info.engine = "ctranslate2";
    model_.info.device = options.device;
    model_.info.compute_type =
        ::ctranslate2::compute_type_to_str(loaded.replicas.front()->effective_compute_type());
    model_.info.multilingual = model_.vocabulary().multilingual();
    model_.info.mels = model_.folder.shape.mels;
    model_.info.languages = model_.vocabulary().languages();
    job.Check();
  } catch (...) {
    RethrowLoadFailure(job, options.path);
  }
}

std::future<WindowResult> CTranslate2Recognizer::Submit(std::shared_ptr<const Window> window,
                                                        const DecodeOptions& options,
                                                        std::shared_ptr<Job> job) {
  auto task = std::make_unique<WindowTask>(model_, std::move(window), options, std::move(job));
  std::future<WindowResult> future = task->future();
  queue_->Push(std::move(task));
  // As many calls as windows: some find that a batch before them took theirs.
  pool_->post<bool>([this](WhisperReplica& replica) {
    const std::size_t unfit = RunBatch(replica, queue_->Take());
    if (unfit > 0) queue_->Shrink(unfit);
    return true;
  });
  return future;
}

std::future<std::vector<LanguageScore>> CTranslate2Recognizer::DetectLanguage(
    std::shared_ptr<const Window> window, std::shared_ptr<Job> job) {
  return pool_->post<std::vector<LanguageScore>>(
      [this, window = std::move(window), job = std::move(job)](WhisperReplica& replica) {
        const Job::Running running(*job);
        const ::ctranslate2::CancellationScope scope(job->flag());
        try {
          job->Check();
          if (!model_.info.multilingual) return std::vector<LanguageScore>{{"en", 1.0}};
          const std::size_t frames = OwnFrames(window->samples.size());
          auto encoded = Encode(replica, model_, window->samples, frames, *job);
          return ScoreLanguages(replica, encoded);
        } catch (...) {
          RethrowInferenceFailure(*job);
        }
      });
}

}  // namespace cpw
