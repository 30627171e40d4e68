#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/audio_source.h"

namespace cpw {

// Samples [begin, end) of another source. What lies before is decoded and dropped, never sought:
// only so is the first sample the right one behind every codec and resampler. What lies behind is
// not read.
class ClipSource final : public AudioSource {
 public:
  // `end` nullopt or beyond the audio: up to its end.
  ClipSource(std::shared_ptr<AudioSource> inner, std::uint64_t begin,
             std::optional<std::uint64_t> end);

  // Throws CpwError(kInvalidOptions) when the audio ends before the clip begins.
  std::size_t Read(float* out, std::size_t count) override;
  std::optional<double> Duration() const override;
  double Begin() const override { return static_cast<double>(begin_) / kSampleRate; }
  std::string Damage() const override { return inner_->Damage(); }
  void Interrupt() noexcept override {
    interrupted_.store(true, std::memory_order_release);
    inner_->Interrupt();
  }

 private:
  bool SkipToBegin();

  const std::shared_ptr<AudioSource> inner_;
  const std::uint64_t begin_;
  const std::optional<std::uint64_t> end_;
  std::uint64_t position_ = 0;  // of the inner source
  std::atomic<bool> interrupted_{false};
};

}  // namespace cpw
