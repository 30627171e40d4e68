#include "engines/whisper/recognizer.h"

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/executor.h"
#include "engines/whisper/decoder.h"
#include "engines/whisper/model.h"

namespace cpw {
namespace {

// Upstream is C++ behind a C face: what it throws comes through as it is.
[[noreturn]] void RethrowAsOurs() {
  try {
    throw;
  } catch (const CpwError&) {
    throw;
  } catch (const Aborted&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw CpwError(
        ErrorCode::kOutOfMemory,
        "Memory ran out while a window was decoded. Next step: use a smaller model, fewer replicas "
        "or a smaller beam.");
  } catch (const std::exception& error) {
    throw CpwError(
        ErrorCode::kInferenceFailed,
        std::string("whisper.cpp failed on a window: ") + error.what() +
            ". Next step: try again; if it fails again, report it with this message and the "
            "model.");
  }
}

}  // namespace

class WhisperRecognizer::Replicas {
 public:
  Replicas(const WhisperLoadOptions& options, const Job& job)
      : model_(LoadWhisperModel(options, job)),
        decoders_([&] {
          std::vector<WhisperDecoder> decoders;
          for (int i = 0; i < options.replicas; ++i) decoders.emplace_back(model_);
          return decoders;
        }()),
        executor_(decoders_.size()) {}

  const ModelInfo& info() const { return model_.info; }
  std::size_t size() const { return decoders_.size(); }

  template <typename Result, typename Work>
  std::future<Result> Post(Work work) {
    auto promise = std::make_shared<std::promise<Result>>();
    std::future<Result> future = promise->get_future();
    executor_.Post([this, promise, work = std::move(work)](std::size_t thread) {
      try {
        try {
          promise->set_value(work(decoders_[thread]));
        } catch (...) {
          RethrowAsOurs();
        }
      } catch (...) {
        promise->set_exception(std::current_exception());
      }
    });
    return future;
  }

 private:
  WhisperModel model_;
  std::vector<WhisperDecoder> decoders_;  // one for each thread of the executor
  Executor executor_;                     // last: its destructor runs what was submitted
};

WhisperRecognizer::WhisperRecognizer(const WhisperLoadOptions& options, const Job& job)
    : replicas_(std::make_unique<Replicas>(options, job)) {}

WhisperRecognizer::~WhisperRecognizer() = default;

const ModelInfo& WhisperRecognizer::info() const { return replicas_->info(); }

int WhisperRecognizer::parallelism() const { return static_cast<int>(replicas_->size()); }

std::future<WindowResult> WhisperRecognizer::Submit(std::shared_ptr<const Window> window,
                                                    const DecodeOptions& options,
                                                    std::shared_ptr<Job> job) {
  return replicas_->Post<WindowResult>(
      [window = std::move(window), options, job = std::move(job)](WhisperDecoder& decoder) {
        const Job::Running running(*job);
        return decoder.Decode(*window, options, *job);
      });
}

std::future<std::vector<LanguageScore>> WhisperRecognizer::DetectLanguage(
    std::shared_ptr<const Window> window, std::shared_ptr<Job> job) {
  return replicas_->Post<std::vector<LanguageScore>>(
      [window = std::move(window), job = std::move(job)](WhisperDecoder& decoder) {
        const Job::Running running(*job);
        return decoder.DetectLanguage(*window, *job);
      });
}

}  // namespace cpw
