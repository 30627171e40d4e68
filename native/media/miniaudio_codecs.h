#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace cpw {

// The only door to miniaudio: it declares its codecs inside its implementation, so what uses them
// must be compiled with it.

class FlacCodec {
 public:
  // Called until it returns fewer bytes than it was asked for. May throw: the exception comes out
  // of the call of ours that needed the bytes.
  using ReadBytes = std::function<std::size_t(void* out, std::size_t count)>;

  // The data must begin with a STREAMINFO block and no other; `valid()` says whether it did.
  explicit FlacCodec(ReadBytes read);
  ~FlacCodec();
  FlacCodec(const FlacCodec&) = delete;
  FlacCodec& operator=(const FlacCodec&) = delete;

  bool valid() const;
  // Interleaved frames; 0 at the end and before a frame that cannot be decoded: call again then.
  std::size_t Read(float* out, std::size_t frames);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class MpegCodec {
 public:
  static constexpr std::size_t kMaxSamples = 1152 * 2;
  struct Frame {
    std::size_t bytes = 0;     // used up, with the rubbish before the frame; 0 = needs more data
    std::size_t samples = 0;   // per channel; 0 = nothing came out
    std::size_t duration = 0;  // samples that the frame stands for, also where nothing came out
    int channels = 0;
    int rate = 0;  // 0 = no frame was found in `bytes`
  };

  MpegCodec();
  ~MpegCodec();
  MpegCodec(const MpegCodec&) = delete;
  MpegCodec& operator=(const MpegCodec&) = delete;

  // `out` holds kMaxSamples.
  Frame Decode(std::span<const std::uint8_t> bytes, float* out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cpw
