#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "media/push_queue.h"

namespace cpw {

// An encoded file, read forward only: every decoder works from a pipe.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Blocks until at least one byte is there; 0 means the end, or Interrupt(). Throws CpwError.
  virtual std::size_t Read(void* out, std::size_t count) = 0;

  // Returns how many bytes were passed over; fewer only at the end.
  virtual std::uint64_t Skip(std::uint64_t count);

  // Known after the first Read(), when at all.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }

  // For messages: a quoted path, or words.
  virtual std::string name() const = 0;

  // Any thread: wakes a blocked Read() and makes later ones return 0. A decoder that looks for a
  // frame in gigabytes of rubbish asks nobody else.
  virtual void Interrupt() noexcept {}
};

// Opens at the first Read(), so on the thread of the job.
class FileByteStream final : public ByteStream {
 public:
  explicit FileByteStream(std::string path) : path_(std::move(path)) {}
  std::size_t Read(void* out, std::size_t count) override;
  std::uint64_t Skip(std::uint64_t count) override;
  std::optional<std::uint64_t> size() const override { return size_; }
  std::string name() const override { return "'" + path_ + "'"; }
  void Interrupt() noexcept override { interrupted_.store(true, std::memory_order_release); }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  void Open();
  [[noreturn]] void Refuse(ErrorCode code, const std::string& reason,
                           const std::string& next) const;

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::optional<std::uint64_t> size_;
  std::uint64_t position_ = 0;
  std::atomic<bool> interrupted_{false};
};

// Bytes that `keep_alive` pins; never copied.
class MemoryByteStream final : public ByteStream {
 public:
  MemoryByteStream(std::span<const std::uint8_t> bytes, std::shared_ptr<void> keep_alive)
      : bytes_(bytes), keep_alive_(std::move(keep_alive)) {}
  std::size_t Read(void* out, std::size_t count) override;
  std::uint64_t Skip(std::uint64_t count) override;
  std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  std::string name() const override { return "the audio given as bytes"; }
  void Interrupt() noexcept override { interrupted_.store(true, std::memory_order_release); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::shared_ptr<void> keep_alive_;
  std::size_t position_ = 0;
  std::atomic<bool> interrupted_{false};
};

// Bytes that JavaScript pushes. Thread rules: PushQueue's.
class PushByteStream final : public ByteStream {
 public:
  explicit PushByteStream(std::size_t capacity_bytes) : queue_(capacity_bytes) {}

  bool TryPush(std::vector<std::uint8_t> bytes, std::function<void()> on_room) {
    return queue_.Push(std::move(bytes), std::move(on_room));
  }
  void End() { queue_.End(); }
  void Fail(ErrorCode code, const std::string& message) { queue_.Fail(code, message); }

  std::size_t Read(void* out, std::size_t count) override {
    return queue_.Read(static_cast<std::uint8_t*>(out), 1, count);
  }
  std::string name() const override { return "the pushed audio"; }
  void Interrupt() noexcept override { queue_.Interrupt(); }

  std::size_t queued() const { return queue_.queued(); }

 private:
  PushQueue<std::uint8_t> queue_;
};

}  // namespace cpw
