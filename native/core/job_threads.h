#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cpw {

// The threads that drive calls (read audio, wait for engines). They mostly wait, so each running
// call has one of its own: a slow live stream must not hold up the next file. Above the limit calls
// queue in order. Threads are made on demand and kept.
class JobThreads {
 public:
  explicit JobThreads(std::size_t limit) : limit_(limit) {}
  ~JobThreads() { Join(); }
  JobThreads(const JobThreads&) = delete;
  JobThreads& operator=(const JobThreads&) = delete;

  // `task` must not throw. Dropped after Join(). Throws std::system_error when there is no thread
  // and the system gives none; with one the task waits for it.
  void Post(std::function<void()> task) {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    tasks_.push_back(std::move(task));
    if (idle_ < tasks_.size() && threads_.size() < limit_) AddThread();
    ready_.notify_one();
  }

  // Runs what was posted, then ends the threads. Abort the jobs first to make that quick.
  void Join() {
    std::vector<std::thread> threads;
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      threads.swap(threads_);
    }
    ready_.notify_all();
    for (auto& thread : threads) thread.join();
  }

 private:
  void AddThread() {
    try {
      threads_.emplace_back([this] { Run(); });
    } catch (...) {
      if (!threads_.empty()) return;
      tasks_.pop_back();
      throw;
    }
  }

  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      ready_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      --idle_;
      if (tasks_.empty()) return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      task = nullptr;  // what it holds (an engine, a source) is freed here, not under the lock
      lock.lock();
    }
  }

  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace cpw
