#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/audio_source.h"
#include "core/speech_segmenter.h"
#include "core/window.h"

namespace cpw {

// Cuts a stream into windows that an engine can decode: ascending, each at most `window_s` long and
// at least 0.1 s, none of them digital silence. Holds no more of the audio than the window in the
// making, whatever the length. One thread uses it.
class Windower {
 public:
  virtual ~Windower() = default;
  Windower(const Windower&) = delete;
  Windower& operator=(const Windower&) = delete;

  // The next window that is complete, if any: never reads.
  virtual std::optional<Window> Take() = 0;
  // Reads a step of about half a second; false once the audio is over and every window is complete.
  bool Advance();
  // Reads until a window is complete; nullopt when there is none left.
  std::optional<Window> Next();
  // How much of the last window is done with: the next one begins there. Only windows that were cut
  // without a detector heed it; what makes no headway (0, not a number) means the whole window.
  virtual void Consumed(double /*seconds*/) {}

  // No audio follows the last window that was taken.
  virtual bool Exhausted() const { return ended_; }

  double position() const { return static_cast<double>(read_) / kSampleRate; }  // seconds read
  std::size_t buffered() const { return buffer_.size(); }                       // samples held

 protected:
  explicit Windower(AudioSource& source) : source_(source) {}

  bool ended() const { return ended_; }
  std::int64_t read() const { return read_; }
  std::int64_t buffer_begin() const { return read_ - static_cast<std::int64_t>(buffer_.size()); }
  const std::vector<float>& buffer() const { return buffer_; }
  // nullopt when the range is too short or holds nothing to hear.
  std::optional<Window> Copy(SampleRange range) const;
  void DropBefore(std::int64_t sample);

 private:
  // `fresh` samples were appended to the buffer; the last call comes with ended() set.
  virtual void OnRead(std::size_t fresh) = 0;

  AudioSource& source_;
  std::vector<float> buffer_;
  std::int64_t read_ = 0;
  bool ended_ = false;
};

// Windows of `window_s` seconds one after the other; see Consumed().
class SeekWindower final : public Windower {
 public:
  SeekWindower(AudioSource& source, double window_s);
  std::optional<Window> Take() override;
  void Consumed(double seconds) override;
  bool Exhausted() const override { return ended() && next_ == read(); }

 private:
  void OnRead(std::size_t) override {}

  const std::int64_t window_;
  std::int64_t lent_begin_ = 0;  // of the window that was handed out last
  std::int64_t next_ = 0;        // where the next one begins
};

// With a detector's scorer (required with `vad`) windows hold speech, else they seek.
std::unique_ptr<Windower> MakeWindower(AudioSource& source, SpeechScorer* scorer,
                                       const std::optional<VadOptions>& vad, double window_s);

}  // namespace cpw
