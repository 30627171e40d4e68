#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/audio_source.h"
#include "media/finite.h"
#include "media/push_queue.h"

namespace cpw {

// Samples that JavaScript pushes while a job reads them. Thread rules: PushQueue's. Whoever ends a
// job calls Interrupt(), so that pushers that wait are released and later pushes are dropped.
class PushSource final : public AudioSource {
 public:
  // `duration` in seconds where the pusher knows it; for progress alone.
  explicit PushSource(std::size_t capacity_samples, std::optional<double> duration = std::nullopt)
      : queue_(capacity_samples), duration_(duration) {}

  bool TryPush(std::vector<float> samples, std::function<void()> on_room) {
    return queue_.Push(std::move(samples), std::move(on_room));
  }
  void End() { queue_.End(); }
  void Fail(ErrorCode code, const std::string& message) { queue_.Fail(code, message); }

  std::size_t Read(float* out, std::size_t count) override {
    const auto done = queue_.Read(out, count, count);
    MakeFinite({out, done});
    return done;
  }
  std::optional<double> Duration() const override { return duration_; }
  void Interrupt() noexcept override { queue_.Interrupt(); }

  std::size_t queued() const { return queue_.queued(); }

 private:
  PushQueue<float> queue_;
  const std::optional<double> duration_;
};

}  // namespace cpw
