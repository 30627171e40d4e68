#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/log.h"
#include "media/byte_stream.h"
#include "media/decoded_source.h"

namespace cpw::media_test {

using Bytes = std::vector<std::uint8_t>;

inline std::string DataPath(const std::string& name) {
  return std::string(CPW_TEST_DATA) + "/audio/" + name;
}

inline Bytes ReadFile(const std::string& name) {
  std::ifstream file(DataPath(name), std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<float> ReadAll(AudioSource& source, std::size_t block = 5000,
                                  std::size_t most = 16000 * 60 * 10) {
  std::vector<float> all;
  std::vector<float> part(block);
  while (all.size() < most) {
    const auto got = source.Read(part.data(), part.size());
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
    if (got < block) break;
  }
  return all;
}

// `bytes` must outlive the source.
inline std::unique_ptr<DecodedSource> FromBytes(const Bytes& bytes) {
  return std::make_unique<DecodedSource>(std::make_shared<MemoryByteStream>(bytes, nullptr));
}

inline std::vector<float> Decode(const Bytes& bytes) { return ReadAll(*FromBytes(bytes)); }

inline std::vector<float> DecodeFile(const std::string& name) {
  DecodedSource source(std::make_shared<FileByteStream>(DataPath(name)));
  return ReadAll(source);
}

template <typename Action>
void ExpectError(ErrorCode code, const std::string& part, Action action) {
  try {
    action();
    ADD_FAILURE() << "no error, expected one with: " << part;
  } catch (const CpwError& error) {
    EXPECT_EQ(CodeName(error.code()), std::string(CodeName(code))) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("Next step:"), std::string::npos) << error.what();
  }
}

// Collects log lines while it lives.
class LogLines {
 public:
  LogLines() {
    Log::SetSink([lines = lines_](LogLevel, const std::string& line) { lines->push_back(line); });
  }
  ~LogLines() { Log::SetSink(nullptr); }
  const std::vector<std::string>& lines() const { return *lines_; }

 private:
  std::shared_ptr<std::vector<std::string>> lines_ = std::make_shared<std::vector<std::string>>();
};

inline std::vector<double> Sine(double hertz, double rate, std::size_t count, double gain = 0.5) {
  std::vector<double> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = gain * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate);
  }
  return samples;
}

inline void Put(Bytes& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

inline void PutText(Bytes& out, const std::string& text) {
  for (const char letter : text) out.push_back(static_cast<std::uint8_t>(letter));
}

struct WavSpec {
  unsigned tag = 1;
  int bits = 16;
  int channels = 1;
  std::uint32_t rate = 16000;
  bool extensible = false;
  std::uint32_t riff_bytes = 0;  // 0 = right
  std::uint32_t data_bytes = 0;  // 0 = right
  std::string extra = {};        // a chunk before data
};

inline std::uint8_t EncodeLaw(double sample, bool mu) {
  // The nearest code, found by trying: slow, and independent of any formula for encoding.
  int best = 0;
  double least = 10;
  for (int code = 0; code < 256; ++code) {
    const int bits = mu ? ~code & 0xFF : code ^ 0x55;
    const int exponent = (bits >> 4) & 7;
    const int mantissa = bits & 15;
    const double value =
        mu ? (std::ldexp(mantissa * 8 + 132, exponent) - 132)
           : (exponent ? std::ldexp(mantissa * 16 + 264, exponent - 1) : mantissa * 16 + 8);
    const bool negative = mu ? bits & 0x80 : !(bits & 0x80);
    const double error = std::abs((negative ? -value : value) / 32768 - sample);
    if (error < least) {
      least = error;
      best = code;
    }
  }
  return static_cast<std::uint8_t>(best);
}

inline void PutSample(Bytes& out, const WavSpec& spec, double sample) {
  if (spec.tag == 3) {
    const auto single = static_cast<float>(sample);
    std::uint64_t bits = 0;
    std::memcpy(&bits, spec.bits == 64 ? static_cast<const void*>(&sample) : &single,
                static_cast<std::size_t>(spec.bits / 8));
    return Put(out, bits, spec.bits / 8);
  }
  if (spec.tag == 6 || spec.tag == 7) return out.push_back(EncodeLaw(sample, spec.tag == 7));
  const double scaled = std::round(sample * std::ldexp(1, spec.bits - 1));
  Put(out,
      static_cast<std::uint64_t>(static_cast<std::int64_t>(scaled)) + (spec.bits == 8 ? 128 : 0),
      spec.bits / 8);
}

// The same samples in every channel.
inline Bytes MakeWav(const WavSpec& spec, const std::vector<double>& samples) {
  Bytes data;
  for (const double sample : samples) {
    for (int c = 0; c < spec.channels; ++c) PutSample(data, spec, sample);
  }
  Bytes fmt;
  const auto block = static_cast<std::uint64_t>(spec.channels * spec.bits / 8);
  Put(fmt, spec.extensible ? 0xFFFE : spec.tag, 2);
  Put(fmt, static_cast<std::uint64_t>(spec.channels), 2);
  Put(fmt, spec.rate, 4);
  Put(fmt, spec.rate * block, 4);
  Put(fmt, block, 2);
  Put(fmt, static_cast<std::uint64_t>(spec.bits), 2);
  if (spec.extensible) {
    Put(fmt, 22, 2);
    Put(fmt, static_cast<std::uint64_t>(spec.bits), 2);
    Put(fmt, 0, 4);
    Put(fmt, spec.tag, 2);
    PutText(fmt, std::string("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71", 14));
  }
  Bytes wav;
  PutText(wav, "RIFF");
  const auto total = 4 + 8 + fmt.size() + spec.extra.size() + 8 + data.size();
  Put(wav, spec.riff_bytes ? spec.riff_bytes : total, 4);
  PutText(wav, "WAVEfmt ");
  Put(wav, fmt.size(), 4);
  wav.insert(wav.end(), fmt.begin(), fmt.end());
  PutText(wav, spec.extra);
  PutText(wav, "data");
  Put(wav, spec.data_bytes ? spec.data_bytes : data.size(), 4);
  wav.insert(wav.end(), data.begin(), data.end());
  return wav;
}

}  // namespace cpw::media_test
