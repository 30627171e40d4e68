#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cpw {

// Threads of our own over one FIFO: neither libuv's pool nor the JS thread ever computes. The
// destructor runs what was posted, then joins; abort the jobs first to make that quick.
class Executor {
 public:
  explicit Executor(std::size_t threads) {
    threads_.reserve(threads);
    try {
      for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, i] { Run(i); });
    } catch (...) {  // the system gives no more: those that run must not outlive this
      Stop();
      throw;
    }
  }
  ~Executor() { Stop(); }
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // The task gets the index of the thread it runs on, for per-thread state. It must not throw.
  void Post(std::function<void(std::size_t)> task) {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    ready_.notify_one();
  }
  std::size_t size() const { return threads_.size(); }

 private:
  void Stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    ready_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  void Run(std::size_t index) {
    for (;;) {
      std::function<void(std::size_t)> task;
      {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task(index);
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void(std::size_t)>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cpw
