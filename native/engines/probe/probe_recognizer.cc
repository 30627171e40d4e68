#include "engines/probe/probe_recognizer.h"

#include <condition_variable>
#include <exception>
#include <string>
#include <utility>

namespace cpw {
namespace {

// Wakes at once when the job is aborted.
void Sleep(Job& job, int milliseconds) {
  std::mutex mutex;
  std::condition_variable wake;
  {
    const Job::AbortListener listener(job, [&] {
      std::lock_guard lock(mutex);
      wake.notify_all();
    });
    std::unique_lock lock(mutex);
    wake.wait_for(lock, std::chrono::milliseconds(milliseconds), [&] { return job.aborted(); });
  }
  job.Check();
}

std::size_t Threads(const ProbeOptions& options) {
  if (options.replicas >= 1) return static_cast<std::size_t>(options.replicas);
  throw CpwError(ErrorCode::kInternal, "The probe engine got " + std::to_string(options.replicas) +
                                           " replicas; it needs 1 or more.");
}

// The promise is shared because std::function wants tasks that can be copied.
template <typename Result, typename Work>
std::future<Result> PostTo(Executor& executor, Work work) {
  auto promise = std::make_shared<std::promise<Result>>();
  auto future = promise->get_future();
  executor.Post([promise, work = std::move(work)](std::size_t) {
    try {
      promise->set_value(work());
    } catch (...) {
      promise->set_exception(std::current_exception());
    }
  });
  return future;
}

}  // namespace

ProbeRecognizer::ProbeRecognizer(const ProbeOptions& options, Job& load)
    : options_(options),
      info_{"probe", "cpu", "none", true, 80, {"en", "de"}},
      executor_(Threads(options)) {
  Sleep(load, options.load_ms);
}

std::future<WindowResult> ProbeRecognizer::Submit(std::shared_ptr<const Window> window,
                                                  const DecodeOptions& options,
                                                  std::shared_ptr<Job> job) {
  // Counted and posted under one lock, so that the numbers follow the queue's order.
  std::lock_guard lock(mutex_);
  const int index = submitted_++;
  const std::string language = options.language.empty() ? "en" : options.language;
  return PostTo<WindowResult>(
      executor_, [this, index, language, window = std::move(window), job = std::move(job)] {
        const Job::Running running(*job);
        Sleep(*job, options_.window_ms);
        if (index == options_.fail_at_window) {
          throw CpwError(ErrorCode::kInferenceFailed, "The probe engine failed at window " +
                                                          std::to_string(index) +
                                                          ", as failAtWindow asked for.");
        }
        Segment segment;
        segment.end = window->duration();
        segment.text = "window " + std::to_string(index);
        return WindowResult{{segment}, language, window->duration()};
      });
}

std::future<std::vector<LanguageScore>> ProbeRecognizer::DetectLanguage(
    std::shared_ptr<const Window> window, std::shared_ptr<Job> job) {
  return PostTo<std::vector<LanguageScore>>(
      executor_, [this, window = std::move(window), job = std::move(job)] {
        const Job::Running running(*job);
        Sleep(*job, options_.window_ms);
        return std::vector<LanguageScore>{{"en", 0.9}, {"de", 0.1}};
      });
}

}  // namespace cpw
