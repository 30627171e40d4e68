#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace cpw {

// A queue between one pushing thread that must never block (JavaScript's) and one reading thread
// that may. `capacity` is the level above which the pusher is asked to wait: a chunk is always
// taken, so the queue holds `capacity` and one chunk at most when the pusher keeps to that.
//
// Push, End and Fail belong to the pusher, Read to the reader, Interrupt to any thread. A callback
// runs without the queue's lock, once, on the thread that made room or ended the wait (the reader,
// or the caller of Fail, Interrupt or the destructor): it may call the queue, but must not block
// or throw.
template <typename T>
class PushQueue {
 public:
  using OnRoom = std::function<void()>;

  explicit PushQueue(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}
  ~PushQueue() { Interrupt(); }
  PushQueue(const PushQueue&) = delete;
  PushQueue& operator=(const PushQueue&) = delete;

  // True: there is room for more, and `on_room` was dropped. False: `on_room` is called when there
  // is, or when nobody waits for data any more. After Interrupt() or Fail() data is dropped.
  bool Push(std::vector<T> chunk, OnRoom on_room) {
    {
      std::lock_guard lock(mutex_);
      if (interrupted_ || failure_) return true;
      if (ended_) {
        throw CpwError(
            ErrorCode::kClosed,
            "Audio was pushed after end(). Next step: call end() after the last push().");
      }
      queued_ += chunk.size();
      if (!chunk.empty()) chunks_.push_back(std::move(chunk));
      if (queued_ < capacity_) {
        on_room = nullptr;
      } else if (on_room) {
        waiting_.push_back(std::move(on_room));
      }
      ready_.notify_one();
      return queued_ < capacity_;
    }
  }

  // What was pushed is still read.
  void End() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    ready_.notify_one();
  }

  // What was pushed and not yet read is dropped: the reader's call fails in any case.
  void Fail(ErrorCode code, const std::string& message) {
    {
      std::lock_guard lock(mutex_);
      if (!interrupted_ && !failure_) failure_.emplace(code, message);
      ready_.notify_one();
    }
    Drop();
  }

  void Interrupt() noexcept {
    {
      std::lock_guard lock(mutex_);
      interrupted_ = true;
      ready_.notify_one();
    }
    Drop();
  }

  // Blocks until `least` elements (`least` <= `most`), the end or Interrupt(); only after those two
  // is the return value below `least`. Throws what Fail() was given.
  std::size_t Read(T* out, std::size_t least, std::size_t most) {
    std::size_t done = 0;
    while (done < most) {
      std::vector<OnRoom> released;
      {
        std::unique_lock lock(mutex_);
        if (done < least) {
          ready_.wait(lock, [this] { return queued_ > 0 || ended_ || interrupted_ || failure_; });
        }
        if (failure_) throw *failure_;
        if (queued_ == 0 || interrupted_) return done;
        done += TakeFront(out + done, most - done);
        if (queued_ < capacity_) released.swap(waiting_);
      }
      for (auto& call : released) call();
    }
    return done;
  }

  std::size_t queued() const {
    std::lock_guard lock(mutex_);
    return queued_;
  }

 private:
  std::size_t TakeFront(T* out, std::size_t room) {
    auto& chunk = chunks_.front();
    const auto count = std::min(room, chunk.size() - front_);
    std::copy_n(chunk.data() + front_, count, out);
    front_ += count;
    queued_ -= count;
    if (front_ == chunk.size()) {
      chunks_.pop_front();
      front_ = 0;
    }
    return count;
  }

  void Drop() noexcept {
    std::deque<std::vector<T>> chunks;
    std::vector<OnRoom> released;
    {
      std::lock_guard lock(mutex_);
      chunks.swap(chunks_);
      released.swap(waiting_);
      queued_ = front_ = 0;
    }
    for (auto& call : released) call();
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::vector<T>> chunks_;
  std::vector<OnRoom> waiting_;
  std::size_t queued_ = 0;
  std::size_t front_ = 0;  // how much of the first chunk was read
  bool ended_ = false;
  bool interrupted_ = false;
  std::optional<CpwError> failure_;
};

}  // namespace cpw
