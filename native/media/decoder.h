#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "media/buffered_input.h"

namespace cpw {

inline constexpr int kMaxChannels = 32;
inline constexpr int kMinRate = 1000;
inline constexpr int kMaxRate = 768000;

struct AudioFormat {
  int channels = 0;
  int rate = 0;
};

// One encoded stream of audio. Damaged parts are passed over; nothing here seeks.
class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual AudioFormat format() const = 0;

  // Interleaved samples; returns frames (samples per channel), 0 only at the end. `out` holds
  // `frames` * channels.
  virtual std::size_t Read(float* out, std::size_t frames) = 0;

  // Frames in all, as the header says.
  virtual std::optional<std::uint64_t> frames() const { return std::nullopt; }

  // After the end: what was wrong with the data, empty if nothing.
  virtual std::string damage() const { return {}; }
};

// Recognises the format by the first bytes. Throws CpwError(kUnsupportedMedia) that names what was
// seen instead. `input` must outlive the decoder.
std::unique_ptr<Decoder> OpenDecoder(BufferedInput& input);

// Each is called with `input` at the first byte of its own format.
std::unique_ptr<Decoder> OpenWav(BufferedInput& input);
std::unique_ptr<Decoder> OpenFlac(BufferedInput& input);
std::unique_ptr<Decoder> OpenMp3(BufferedInput& input);
std::unique_ptr<Decoder> OpenOgg(BufferedInput& input);

// The media may be sound, but is none that is decoded here.
class ForeignFormat : public CpwError {
 public:
  ForeignFormat(const std::string& message, std::string format)
      : CpwError(ErrorCode::kUnsupportedMedia, message), format_(std::move(format)) {}
  const std::string& format() const noexcept { return format_; }

 private:
  std::string format_;  // in words: "an AVI file"
};

// For decoders: what they throw, and the check of what a header claims.
[[noreturn]] void RefuseMedia(const BufferedInput& input, const std::string& reason);
[[noreturn]] void RefuseFormat(const BufferedInput& input, const std::string& format);
void CheckFormat(const BufferedInput& input, std::uint64_t channels, std::uint64_t rate);

}  // namespace cpw
