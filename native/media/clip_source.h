#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/audio_source.h"

namespace cpw {

// Samples [begin, end) of a recording; `end` nullopt or beyond the audio: up to its end.
struct ClipRange {
  std::uint64_t begin = 0;
  std::optional<std::uint64_t> end;
};

// Clips of another source, ascending and apart from each other, one after the other: see
// NextClip(). What lies before one is decoded and dropped, never sought: only so is the first
// sample the right one behind every codec and resampler. What lies behind the last is not read.
class ClipSource final : public AudioSource {
 public:
  ClipSource(std::shared_ptr<AudioSource> inner, std::vector<ClipRange> clips);

  // Throws CpwError(kInvalidOptions) when the audio ends before the clip begins.
  std::size_t Read(float* out, std::size_t count) override;
  std::optional<double> Duration() const override;
  double Begin() const override { return static_cast<double>(clip().begin) / kSampleRate; }
  bool NextClip() override;
  Part CurrentPart() const override;
  std::string Damage() const override { return inner_->Damage(); }
  void Interrupt() noexcept override {
    interrupted_.store(true, std::memory_order_release);
    inner_->Interrupt();
  }

 private:
  bool SkipToBegin();
  const ClipRange& clip() const { return clips_[current_]; }
  double LengthOf(const ClipRange& clip) const;
  std::string NameOfCurrent() const;

  const std::shared_ptr<AudioSource> inner_;
  const std::vector<ClipRange> clips_;
  std::size_t current_ = 0;
  std::uint64_t position_ = 0;  // of the inner source
  std::atomic<bool> interrupted_{false};
};

}  // namespace cpw
