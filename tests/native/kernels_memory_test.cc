#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "kernels/attention_memory.h"
#include "kernels_attention_reference.h"
#include "kernels_guarded.h"

namespace cpw::kernels {
namespace {

constexpr std::size_t kDepth = kAttentionDepth;

std::size_t Padded(std::size_t keys) {
  return (keys + kMemoryPanel - 1) / kMemoryPanel * kMemoryPanel;
}

// By binary16's own definition.
double FromHalf(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 1023;
  const double value =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

class MemoryKernels : public testing::TestWithParam<const MemoryAttention*> {};

struct Heads {
  explicit Heads(std::size_t keys) : k(keys * kDepth), v(keys * kDepth) {}
  void Fill(std::mt19937& random, float spread) {
    std::normal_distribution<float> values(0, spread);
    for (auto* tensor : {&k, &v})
      std::generate(tensor->begin(), tensor->end(), [&] { return values(random); });
  }
  Guarded<float> k, v;
};

struct Narrow {
  Narrow(const MemoryAttention& kernel, Heads& heads, std::size_t keys)
      : k(Padded(keys) * kDepth), v(keys * kDepth) {
    std::fill(k.begin(), k.end(), std::uint16_t{0x7e00});  // no number
    kernel.narrow(heads.k.data(), heads.v.data(), keys, k.data(), v.data());
  }
  Guarded<std::uint16_t> k, v;
};

constexpr std::size_t kKeyCounts[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 300, 1500};

TEST_P(MemoryKernels, when_keys_and_values_are_narrowed_each_is_the_nearest_half) {
  std::mt19937 random(3);
  for (const std::size_t keys : kKeyCounts) {
    Heads heads(keys);
    heads.Fill(random, 4);
    Narrow narrow(*GetParam(), heads, keys);
    for (std::size_t key = 0; key < Padded(keys); ++key) {
      for (std::size_t d = 0; d < kDepth; ++d) {
        const std::size_t panel = key / kMemoryPanel * kMemoryPanel * kDepth;
        const double k = FromHalf(narrow.k[panel + d * kMemoryPanel + key % kMemoryPanel]);
        if (key >= keys) {
          ASSERT_EQ(k, 0) << "behind the last of " << keys;
          continue;
        }
        const std::size_t at = key * kDepth + d;
        ASSERT_NEAR(k, heads.k[at], std::abs(heads.k[at]) / 2048 + 3e-8) << key << " of " << keys;
        ASSERT_NEAR(FromHalf(narrow.v[at]), heads.v[at], std::abs(heads.v[at]) / 2048 + 3e-8);
      }
    }
    Heads wide(keys);
    GetParam()->widen(narrow.k.data(), narrow.v.data(), keys, wide.k.data(), wide.v.data());
    for (std::size_t at = 0; at < keys * kDepth; ++at) {
      ASSERT_NEAR(wide.k[at], heads.k[at], std::abs(heads.k[at]) / 2048 + 3e-8);
      ASSERT_EQ(wide.v[at], FromHalf(narrow.v[at]));
    }
  }
}

TEST_P(MemoryKernels, when_values_are_out_of_range_they_become_the_largest_half) {
  Heads heads(1);
  std::fill(heads.k.begin(), heads.k.end(), 1e6f);
  std::fill(heads.v.begin(), heads.v.end(), -1e6f);
  Narrow narrow(*GetParam(), heads, 1);
  EXPECT_EQ(FromHalf(narrow.k[0]), 65504);
  EXPECT_EQ(FromHalf(narrow.v[0]), -65504);
}

TEST_P(MemoryKernels, when_queries_keys_and_lengths_vary_attention_is_that_of_the_formula) {
  std::mt19937 random(17);
  std::normal_distribution<float> values(0, 1);
  for (const std::size_t keys : kKeyCounts) {
    Heads heads(keys);
    heads.Fill(random, 1);
    Narrow narrow(*GetParam(), heads, keys);
    Heads wide(keys);
    GetParam()->widen(narrow.k.data(), narrow.v.data(), keys, wide.k.data(), wide.v.data());
    for (const std::size_t queries : {1, 2, 3, 4, 5, 6, 7, 12, 23}) {
      for (const bool shorter : {false, true}) {
        Guarded<float> q(queries * kDepth), out(queries * kDepth);
        std::generate(q.begin(), q.end(), [&] { return values(random); });
        std::fill(out.begin(), out.end(), 77.0f);
        Guarded<std::int32_t> lengths(queries);
        for (std::size_t i = 0; i < queries; ++i)
          lengths[i] = static_cast<std::int32_t>(keys * (i + 1) / (queries + 1));
        Guarded<float> scratch(GetParam()->scratch(queries, keys));
        GetParam()->run(q.data(), narrow.k.data(), narrow.v.data(), queries, keys, 0.125f,
                        shorter ? lengths.data() : nullptr, out.data(), scratch.data());
        for (std::size_t i = 0; i < queries; ++i) {
          const std::size_t seen = shorter ? static_cast<std::size_t>(lengths[i]) : keys;
          const std::span<const float> row(out.data() + i * kDepth, kDepth);
          const std::span<const float> query(q.data() + i * kDepth, kDepth);
          const std::string what = std::to_string(i) + " of " + std::to_string(queries) + "x" +
                                   std::to_string(seen) + " of " + std::to_string(keys);
          // What was narrowed is what counts, to the last bits; and it is close to what it was.
          ExpectNear(row, AttentionRow(query, wide.k, wide.v, seen, 0.125), 2e-5, what);
          ExpectNear(row, AttentionRow(query, heads.k, heads.v, seen, 0.125), 2e-3, what);
        }
      }
    }
  }
}

TEST_P(MemoryKernels, when_unseen_keys_hold_no_numbers_the_result_does) {
  Heads heads(100);
  std::fill(heads.k.begin(), heads.k.end(), 1.0f);
  std::fill(heads.v.begin(), heads.v.end(), 3.0f);
  Narrow narrow(*GetParam(), heads, 100);
  std::fill(narrow.v.begin() + 40 * kDepth, narrow.v.end(), std::uint16_t{0x7e00});
  std::vector<float> q(kDepth, 1), out(kDepth), scratch(GetParam()->scratch(1, 100));
  const std::int32_t length = 40;
  GetParam()->run(q.data(), narrow.k.data(), narrow.v.data(), 1, 100, 0.125f, &length, out.data(),
                  scratch.data());
  for (const float value : out) ASSERT_FLOAT_EQ(value, 3.0f);
}

std::vector<const MemoryAttention*> Kernels() {
  const MemoryAttentions all = AllMemoryAttentions();
  return {all.items, all.items + all.count};
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MemoryKernels);
INSTANTIATE_TEST_SUITE_P(InstructionSets, MemoryKernels, testing::ValuesIn(Kernels()),
                         [](const auto& kernel) { return std::string(kernel.param->name); });

#if defined(__x86_64__)
TEST(MemoryKernelChoice, when_the_cpu_can_run_this_program_there_is_a_kernel) {
  EXPECT_NE(BestMemoryAttention(), nullptr);
}
#endif

}  // namespace
}  // namespace cpw::kernels
