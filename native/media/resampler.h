#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cpw {

// Mono audio of any rate to 16 kHz: a Kaiser-windowed sinc (stop-band below -80 dB from the lower
// of the two Nyquist frequencies on, flat to 90 % of it), evaluated in phases. Output sample k lies
// exactly at the time k / 16000 of the input: nothing is delayed. n input samples give
// ceil(n * 16000 / rate). At 16 kHz samples pass unchanged.
class Resampler {
 public:
  explicit Resampler(int rate);

  void Push(std::span<const float> samples);
  // No more will be pushed: the input counts as silence from here on.
  void Finish();
  // As many samples as can be had; fewer than asked for = push more, or the end.
  std::size_t Pull(std::span<float> out);

 private:
  void MakeTable(double cutoff);
  float Filter(const float* at, std::size_t phase) const;
  float Output(const float* at) const;

  const bool pass_;
  std::uint64_t up_;  // output rate over input rate, in lowest terms
  std::uint64_t down_;
  std::size_t half_ = 0;  // taps on each side of the output's place
  std::size_t taps_ = 0;  // 2 * half_, filled up with zeros for the lanes of the sum
  std::size_t phases_ = 0;
  bool between_ = false;      // too many phases for a table: interpolate between two of them
  std::vector<float> table_;  // phases_ (+ 1) rows of taps_

  std::vector<float> input_;    // what is still needed, half_ - 1 zeros before the first sample
  std::size_t next_ = 0;        // where the taps of the next output begin in input_
  std::uint64_t fraction_ = 0;  // of that output's place, in 1 / up_ input samples
  std::uint64_t pushed_ = 0;
  std::uint64_t pulled_ = 0;
  bool finished_ = false;
};

}  // namespace cpw
