#include "engines/ctranslate2/batch.h"

#include <ctranslate2/cancellation.h>
#include <ctranslate2/models/whisper.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <utility>

#include "core/error.h"
#include "engines/ctranslate2/failure.h"

namespace cpw {
namespace {

using ::ctranslate2::CancellationScope;

class Batch {
 public:
  Batch(::ctranslate2::models::WhisperReplica& replica, std::vector<TaskPtr> tasks)
      : replica_(replica), tasks_(std::move(tasks)) {}

  std::size_t Run() {
    try {
      for (const TaskPtr& task : tasks_) Guarded(*task, [&] { task->Begin(replica_); });
      Settle();
      while (!tasks_.empty()) {
        Step();
        Settle();
      }
    } catch (...) {  // no memory for the lists of this class
      for (const TaskPtr& task : tasks_) {
        if (!task->answered()) task->Reject(std::current_exception());
      }
    }
    return unfit_;
  }

 private:
  // Runs what concerns one task alone; it leaves the batch when that fails.
  template <typename Act>
  bool Guarded(WindowTask& task, Act act) {
    RejectAborted();  // what `act` computes may take a while
    if (task.answered()) return false;
    const CancellationScope scope(task.job().flag());
    try {
      try {
        act();
        return true;
      } catch (...) {
        RethrowInferenceFailure(task.job());
      }
    } catch (...) {
      task.Reject(std::current_exception());
      return false;
    }
  }

  void RejectAborted() {
    for (const TaskPtr& task : tasks_) {
      if (!task->answered() && task->job().aborted()) {
        task->Reject(std::make_exception_ptr(Aborted()));
      }
    }
  }

  // Windows that are done go out; those that stay have something to try.
  void Settle() {
    for (const TaskPtr& task : tasks_) {
      while (!task->answered() && !task->done() && !task->next()) {
        Guarded(*task, [&] { task->FinishPart(replica_); });
      }
      if (task->done() && !task->answered()) task->Resolve();
    }
    std::erase_if(tasks_, [](const TaskPtr& task) { return task->answered(); });
  }

  void Step() {
    std::vector<WindowTask*> sharing;
    for (const TaskPtr& task : tasks_) {
      if (sharing.empty() || task->SharesStep(*sharing.front())) sharing.push_back(task.get());
    }
    std::vector<WindowTask*> ready;
    std::vector<SearchRow> rows;
    for (WindowTask* task : sharing) {
      if (Guarded(*task, [&] { rows.push_back(task->Row(replica_)); })) ready.push_back(task);
    }
    if (ready.empty()) return;
    if (ready.size() == 1) {
      SearchAlone(*ready.front(), rows.front());
    } else {
      SearchTogether(ready, rows);
    }
  }

  void SearchAlone(WindowTask& task, const SearchRow& row) {
    Guarded(task, [&] {
      auto found = task.Search(replica_, {row});
      task.Consider(std::move(found.front()));
    });
  }

  // One aborted job stops the step for all, and the next one goes on without it. Where the step
  // fails, each row is tried alone: the failure may be one row's.
  void SearchTogether(const std::vector<WindowTask*>& ready, const std::vector<SearchRow>& rows) {
    std::atomic<bool> stop{false};
    std::list<Job::AbortListener> listeners;
    for (WindowTask* task : ready) {
      listeners.emplace_back(task->job(), [&stop] { stop.store(true, std::memory_order_release); });
    }
    std::vector<FoundText> found;
    bool failed = false;
    try {
      const CancellationScope scope(&stop);
      found = ready.front()->Search(replica_, rows);
    } catch (...) {
      failed = true;
      if (IsOutOfMemory(std::current_exception())) unfit_ = rows.size();
    }
    listeners.clear();
    if (failed && stop.load(std::memory_order_acquire)) {
      RejectAborted();
      return;
    }
    for (std::size_t i = 0; i < ready.size(); ++i) {
      if (failed) {
        SearchAlone(*ready[i], rows[i]);
      } else {
        ready[i]->Consider(std::move(found[i]));
      }
    }
  }

  ::ctranslate2::models::WhisperReplica& replica_;
  std::vector<TaskPtr> tasks_;
  std::size_t unfit_ = 0;
};

}  // namespace

std::size_t RunBatch(::ctranslate2::models::WhisperReplica& replica,
                     std::vector<TaskPtr> tasks) noexcept {
  return Batch(replica, std::move(tasks)).Run();
}

}  // namespace cpw
