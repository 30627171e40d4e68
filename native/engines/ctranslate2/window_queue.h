#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/log.h"
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

  // Memory did not suffice for `rows` at once: from here on batches are half of that. What free
  // memory a device names beforehand says little, since other programs take and give it as well.
  void Shrink(std::size_t rows) {
    std::lock_guard lock(mutex_);
    const std::size_t fewer = std::max<std::size_t>(rows / 2, 1);
    if (fewer >= limits_.rows) return;
    limits_.rows = fewer;
    Log::Write(LogLevel::kWarn, "ctranslate2: memory did not suffice for a batch of " +
                                    std::to_string(rows) + " windows; from here on at most " +
                                    std::to_string(fewer) + " are decoded together");
  }

 private:
  BatchLimits limits_;
  const std::size_t replicas_;
  std::mutex mutex_;
  std::deque<TaskPtr> tasks_;
};

}  // namespace cpw
