#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "engines/whisper/quantize.h"

namespace cpw {
namespace {

constexpr std::size_t kBlock = 32;
constexpr std::size_t kQ8BlockBytes = 2 + kBlock;  // a half, then one byte for each number

std::vector<float> Wave(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = std::sin(0.37f * static_cast<float>(i)) * 0.2f;
  return values;
}

float HalfToFloat(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const float fraction = static_cast<float>(bits & 1023);
  const float magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0f + fraction, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

TEST(WhisperQuantize, when_the_type_or_the_rows_are_wrong_it_is_an_internal_error) {
  const Job job;
  const auto values = Wave(128);
  for (const char* type : {"", "f16", "q8_1", "iq2_xxs", "Q8_0", "q4_k"}) {
    EXPECT_THROW(QuantizeRows(values, {type, 64}, job), CpwError) << type;
  }
  for (const std::int32_t row : {0, -32, 16, 48, 96, 256}) {
    EXPECT_THROW(QuantizeRows(values, {"q8_0", row}, job), CpwError) << row;
  }
}

TEST(WhisperQuantize, when_the_job_is_aborted_it_stops) {
  Job job;
  job.Abort();
  EXPECT_THROW(QuantizeRows(Wave(64), {"q5_0", 64}, job), Aborted);
}

TEST(WhisperQuantize, when_rows_are_quantised_each_type_has_its_size) {
  const Job job;
  const auto values = Wave(64 * 10);
  const std::pair<const char*, std::size_t> sizes[] = {
      {"q4_0", 18}, {"q4_1", 20}, {"q5_0", 22}, {"q5_1", 24}, {"q8_0", 34}};
  for (const auto& [type, bytes] : sizes) {
    EXPECT_EQ(QuantizeRows(values, {type, 64}, job).size(), values.size() / kBlock * bytes) << type;
  }
  EXPECT_TRUE(QuantizeRows({}, {"q8_0", 64}, job).empty());
}

TEST(WhisperQuantize, when_numbers_become_q8_0_each_is_within_half_a_step) {
  const Job job;
  const auto values = Wave(96 * 7);
  const auto blocks = QuantizeRows(values, {"q8_0", 96}, job);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint8_t* block = blocks.data() + i / kBlock * kQ8BlockBytes;
    std::uint16_t scale = 0;
    std::memcpy(&scale, block, sizeof scale);
    const float step = HalfToFloat(scale);
    const auto level = static_cast<std::int8_t>(block[2 + i % kBlock]);
    // The half that stores the step is a little off as well.
    EXPECT_NEAR(static_cast<float>(level) * step, values[i], step * 0.6f) << i;
  }
}

TEST(WhisperQuantize, when_many_rows_are_quantised_they_are_those_of_one_by_one) {
  const Job job;
  constexpr std::size_t kWidth = 384;
  const auto values = Wave(kWidth * 1500);  // more than are done between two looks at the job
  for (const char* type : {"q4_1", "q5_0", "q8_0"}) {
    const QuantizeOptions options{type, static_cast<std::int32_t>(kWidth)};
    const auto whole = QuantizeRows(values, options, job);
    std::vector<std::uint8_t> joined;
    for (std::size_t at = 0; at < values.size(); at += kWidth) {
      const auto row = QuantizeRows(std::span(values).subspan(at, kWidth), options, job);
      joined.insert(joined.end(), row.begin(), row.end());
    }
    EXPECT_EQ(whole, joined) << type;
  }
}

}  // namespace
}  // namespace cpw
