#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "engines/ctranslate2/batch.h"

namespace cpw {

struct BatchLimits {
  std::size_t rows;
  std::size_t frames;  // of all rows together: their encodings and projections are held at once
};

// What was submitted and waits for a replica, in order.
class WindowQueue {
 public:
  WindowQueue(BatchLimits limits, std::size_t replicas) : limits_(limits), replicas_(replicas) {}

  void Push(TaskPtr task) {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }

  // The next batch: no more than a replica's share of what waits, so that none idles at the end.
  // Empty when other replicas have taken all.
  std::vector<TaskPtr> Take() {
    std::lock_guard lock(mutex_);
    const std::size_t share = (tasks_.size() + replicas_ - 1) / replicas_;
    const std::size_t rows = std::min(share, limits_.rows);
    std::vector<TaskPtr> batch;
    std::size_t frames = 0;
    while (batch.size() < rows) {
      frames += tasks_.front()->frames();
      if (!batch.empty() && frames > limits_.frames) break;
      batch.push_back(std::move(tasks_.front()));
      tasks_.pop_front();
    }
    return batch;
  }

 private:
  const BatchLimits limits_;
  const std::size_t replicas_;
  std::mutex mutex_;
  std::deque<TaskPtr> tasks_;
};

}  // namespace cpw
