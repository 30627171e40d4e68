#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "core/audio_source.h"
#include "media/finite.h"

namespace cpw {

// Samples given whole. They are not copied: `keep_alive` pins them as long as the source lives.
class SamplesSource final : public AudioSource {
 public:
  SamplesSource(std::span<const float> samples, std::shared_ptr<void> keep_alive)
      : samples_(samples), keep_alive_(std::move(keep_alive)) {}

  std::size_t Read(float* out, std::size_t count) override {
    if (interrupted_.load(std::memory_order_acquire)) return 0;
    const auto done = std::min(count, samples_.size() - position_);
    std::copy_n(samples_.data() + position_, done, out);
    position_ += done;
    MakeFinite({out, done});
    return done;
  }
  std::optional<double> Duration() const override {
    return static_cast<double>(samples_.size()) / kSampleRate;
  }
  void Interrupt() noexcept override { interrupted_.store(true, std::memory_order_release); }

 private:
  std::span<const float> samples_;
  std::shared_ptr<void> keep_alive_;
  std::size_t position_ = 0;
  std::atomic<bool> interrupted_{false};
};

}  // namespace cpw
