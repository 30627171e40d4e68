#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace cpw {

inline constexpr int kSampleRate = 16000;

// A pull stream of mono float samples at 16 kHz in -1..1. One thread reads it at a time.
class AudioSource {
 public:
  virtual ~AudioSource() = default;

  // Blocks until `count` samples are written, the audio ends or Interrupt() was called; only then
  // is the return value below `count`. Throws CpwError(kUnsupportedMedia or kFileNotFound).
  virtual std::size_t Read(float* out, std::size_t count) = 0;

  // Seconds, when the container tells it; asked only after the first Read(). For progress alone.
  virtual std::optional<double> Duration() const { return std::nullopt; }

  // Seconds of the recording that lie before the first sample: 0, but for a clip.
  virtual double Begin() const { return 0; }

  // Of several clips in one source, each of which ends as audio does: goes on to the next one,
  // false after the last. Begin() and Duration() are the current one's.
  virtual bool NextClip() { return false; }
  struct Part {
    double before;  // 0..1 of all that is to be read
    double share;
  };
  virtual Part CurrentPart() const { return {0, 1}; }

  // What keeps the audio from being whole, in words; empty where it is. Asked once it has ended.
  virtual std::string Damage() const { return {}; }

  // Any thread: wakes a blocked Read() and makes every later one return 0.
  virtual void Interrupt() noexcept {}
};

}  // namespace cpw
