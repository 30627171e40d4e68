#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "core/transcript.h"

namespace cpw {

// Where a running job's events go. Called on engine threads, in order; must not block for long.
class JobSink {
 public:
  virtual ~JobSink() = default;
  virtual void OnProgress(double fraction) = 0;
  virtual void OnSegment(const Segment& segment) = 0;
};

// The abort flag and event sink of one call. Shared by everything that works for it. The flag, not
// an engine's return code, decides whether the call was aborted.
class Job {
 public:
  explicit Job(std::unique_ptr<JobSink> sink = nullptr) : sink_(std::move(sink)) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  // Any thread, any number of times.
  void Abort() noexcept {
    std::lock_guard lock(mutex_);
    flag_.store(true, std::memory_order_release);
    for (auto& listener : listeners_) listener();
  }
  bool aborted() const noexcept { return flag_.load(std::memory_order_acquire); }
  // For upstream callbacks and the CTranslate2 patch; valid as long as the job.
  const std::atomic<bool>* flag() const noexcept { return &flag_; }
  void Check() const {
    if (aborted()) throw Aborted();
  }

  // Held while an engine computes for the job: what only waits in a queue needs not be waited for.
  class Running {
   public:
    explicit Running(Job& job) noexcept : job_(job) { ++job_.running_; }
    ~Running() { --job_.running_; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Job& job_;
  };
  bool running() const noexcept { return running_ > 0; }

  void Progress(double fraction) {
    if (sink_) sink_->OnProgress(fraction);
  }
  void Emit(const Segment& segment) {
    if (sink_) sink_->OnSegment(segment);
  }

  // Runs `listener` on abort (at once when it already happened) while the guard lives. The
  // listener runs under the job's lock: it may only set flags and notify.
  class AbortListener {
   public:
    AbortListener(Job& job, std::function<void()> listener) : job_(job) {
      std::lock_guard lock(job_.mutex_);
      position_ = job_.listeners_.insert(job_.listeners_.end(), std::move(listener));
      if (job_.aborted()) (*position_)();
    }
    ~AbortListener() {
      std::lock_guard lock(job_.mutex_);
      job_.listeners_.erase(position_);
    }
    AbortListener(const AbortListener&) = delete;
    AbortListener& operator=(const AbortListener&) = delete;

   private:
    Job& job_;
    std::list<std::function<void()>>::iterator position_;
  };

 private:
  std::unique_ptr<JobSink> sink_;
  std::atomic<bool> flag_{false};
  std::atomic<int> running_{0};
  std::mutex mutex_;
  std::list<std::function<void()>> listeners_;
};

}  // namespace cpw
