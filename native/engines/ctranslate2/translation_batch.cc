#include "engines/ctranslate2/translation_batch.h"

#include <ctranslate2/cancellation.h>

#include <atomic>
#include <list>
#include <utility>

#include "engines/ctranslate2/failure.h"

namespace cpw {
namespace {

enum class Outcome { kAnswered, kStopped, kFailed };

// Tells every row's job that it is worked for, and hears of its abort.
class Watch {
 public:
  Watch(const std::vector<SentenceTask>& tasks, std::atomic<bool>& stop) {
    const TranslationCall* last = nullptr;
    for (const SentenceTask& task : tasks) {
      if (task.call.get() == last) continue;
      last = task.call.get();
      running_.emplace_back(task.call->job());
      listeners_.emplace_back(task.call->job(),
                              [&stop] { stop.store(true, std::memory_order_release); });
    }
  }

 private:
  std::list<Job::Running> running_;
  std::list<Job::AbortListener> listeners_;
};

Outcome Try(TranslationReplica& replica, const LoadedTranslation& model,
            const std::vector<SentenceTask>& tasks) {
  std::atomic<bool> stop{false};
  std::vector<const TranslationRow*> rows;
  for (const SentenceTask& task : tasks) rows.push_back(&task.source());
  std::vector<TranslationResult> results;
  try {
    const Watch watch(tasks, stop);
    const ::ctranslate2::CancellationScope scope(&stop);
    results = TranslateRows(replica, model, tasks.front().call->plan(), rows);
  } catch (...) {
    if (stop.load(std::memory_order_acquire)) return Outcome::kStopped;
    if (tasks.size() > 1) return Outcome::kFailed;
    try {
      RethrowInferenceFailure(tasks.front().call->job());
    } catch (...) {
      tasks.front().call->Reject(tasks.front().row, std::current_exception());
    }
    return Outcome::kAnswered;
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    tasks[i].call->Resolve(tasks[i].row, std::move(results[i]));
  }
  return Outcome::kAnswered;
}

void Run(TranslationReplica& replica, const LoadedTranslation& model,
         std::vector<SentenceTask> tasks) {
  for (;;) {
    std::erase_if(tasks, [](const SentenceTask& task) { return task.call->Drop(task.row); });
    if (tasks.empty()) return;
    const Outcome outcome = Try(replica, model, tasks);
    if (outcome == Outcome::kAnswered) return;
    if (outcome == Outcome::kStopped) continue;
    for (const SentenceTask& task : tasks) Run(replica, model, {task});
    return;
  }
}

}  // namespace

void RunTranslationBatch(TranslationReplica& replica, const LoadedTranslation& model,
                         std::vector<SentenceTask> tasks) noexcept {
  Run(replica, model, std::move(tasks));
}

}  // namespace cpw
