#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/audio_source.h"
#include "media/buffered_input.h"
#include "media/byte_stream.h"
#include "media/decoder.h"
#include "media/resampler.h"

namespace cpw {

// An encoded file of any supported format, mixed down and resampled as it is read. Nothing is
// opened before the first Read(). A file that is cut off or damaged gives what can be decoded and a
// warning in the log; one without any audio is an error.
class DecodedSource final : public AudioSource {
 public:
  // `channel` alone, counted from 0; nullopt: all of them, mixed.
  explicit DecodedSource(std::shared_ptr<ByteStream> stream,
                         std::optional<std::size_t> channel = std::nullopt)
      : stream_(std::move(stream)), channel_(channel) {}

  std::size_t Read(float* out, std::size_t count) override;
  // From the header, or guessed from the share of the bytes that were read so far.
  std::optional<double> Duration() const override;
  std::string Damage() const override { return damage_; }
  void Interrupt() noexcept override {
    interrupted_.store(true, std::memory_order_release);
    stream_->Interrupt();
  }

 private:
  bool interrupted() const { return interrupted_.load(std::memory_order_acquire); }
  std::size_t ReadOpened(float* out, std::size_t count);
  void Open();
  void DecodeMore();
  void End();

  std::shared_ptr<ByteStream> stream_;
  const std::optional<std::size_t> channel_;
  std::atomic<bool> interrupted_{false};
  std::unique_ptr<BufferedInput> input_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Resampler> resampler_;
  std::vector<float> decoded_;
  std::vector<float> mono_;
  std::uint64_t frames_ = 0;
  std::string damage_;
  bool ended_ = false;
};

}  // namespace cpw
