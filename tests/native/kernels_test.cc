#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "kernels/attention.h"
#include "kernels/int8_gemm.h"
#include "kernels_attention_reference.h"
#include "kernels_guarded.h"

namespace cpw::kernels {
namespace {

// Where there are kernels, a CPU that this program runs on has one.
bool NoKernels(std::size_t count) {
#if defined(__x86_64__)
  EXPECT_GT(count, 0u);
#endif
  return count == 0;
}

struct Product {
  std::size_t m, n, k;
};

template <typename T>
std::vector<T> Random(std::mt19937& random, std::size_t size, int low, int high) {
  std::uniform_int_distribution<int> values(low, high);
  std::vector<T> items(size);
  std::generate(items.begin(), items.end(), [&] { return static_cast<T>(values(random)); });
  return items;
}

TEST(Int8Gemm, WhenShapesAreOddEveryInstructionSetGivesTheExactSums) {
  std::mt19937 random(7);
  const auto [items, count] = AllInt8Gemms();
  if (NoKernels(count)) GTEST_SKIP() << "no kernel for this architecture";
  for (const Int8Gemm* gemm : std::span(items, count)) {
    for (const auto [m, n, k] : {Product{1, 1, 1},
                                 {1, 64, 4},
                                 {2, 63, 3},
                                 {3, 65, 5},
                                 {5, 130, 37},
                                 {6, 16, 64},
                                 {7, 17, 65},
                                 {13, 200, 127},
                                 {12, 512, 512},
                                 {800, 70, 1030}}) {
      // The ends of the ranges, where 16 bits between multiplying and adding would not do.
      auto a = Random<std::uint8_t>(random, m * k, 0, 255);
      auto b = Random<std::int8_t>(random, n * k, -128, 127);
      std::fill_n(a.begin(), k, std::uint8_t{255});
      std::fill_n(b.begin(), k, std::int8_t{-128});
      const auto compensation = Random<std::int32_t>(random, n, -100'000, 100'000);
      std::vector<std::int8_t> packed(gemm->packed_size(n, k));
      gemm->pack(b.data(), n, k, packed.data());
      std::vector<std::int32_t> c(m * n + 1, 77);
      const std::size_t panels = (n + kInt8PanelColumns - 1) / kInt8PanelColumns;
      // In two parts, as two threads would.
      for (const auto& [first, end] : {std::pair{std::size_t{0}, panels / 2}, {panels / 2, panels}})
        gemm->multiply(a.data(), m, n, k, packed.data(), compensation.data(), c.data(), first, end);
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          std::int32_t sum = compensation[j];
          for (std::size_t at = 0; at < k; ++at) sum += a[i * k + at] * b[j * k + at];
          ASSERT_EQ(c[i * n + j], sum)
              << gemm->name << " " << m << "x" << n << "x" << k << " at " << i << "," << j;
        }
      }
      EXPECT_EQ(c.back(), 77) << "nothing behind the result is written";
      gemm->multiply(a.data(), m, n, k, packed.data(), nullptr, c.data(), 0, panels);
      EXPECT_EQ(c[0], -128 * 255 * static_cast<std::int32_t>(k));
    }
  }
}

constexpr std::size_t kDepth = kAttentionDepth;

// Whose products are of floats too.
bool InFloats(const Attention& attention) { return std::string(attention.name) != "AVX512BF16"; }

TEST(Attention, WhenQueriesAndKeysVaryEveryInstructionSetAgreesWithTheFormula) {
  std::mt19937 random(11);
  std::normal_distribution<float> values(0, 2);
  const auto [items, count] = AllAttentions();
  if (NoKernels(count)) GTEST_SKIP() << "no kernel for this architecture";
  struct Case {
    std::size_t queries, keys;
    bool causal;
  };
  for (const Attention* attention : std::span(items, count)) {
    if (!InFloats(*attention)) continue;
    for (const auto [queries, keys, causal] : {Case{1, 1, false},
                                               {1, 200, false},
                                               {5, 65, false},
                                               {6, 64, false},
                                               {7, 63, true},
                                               {50, 129, false},
                                               {100, 300, false},
                                               {20, 20, true},
                                               {3, 9, true}}) {
      std::vector<float> q(queries * kDepth), k(keys * kDepth), v(keys * kDepth);
      for (auto* tensor : {&q, &k, &v})
        std::generate(tensor->begin(), tensor->end(), [&] { return values(random); });
      std::vector<std::int32_t> lengths(queries);
      for (std::size_t i = 0; i < queries; ++i)
        lengths[i] = static_cast<std::int32_t>(std::min(i, keys));  // the first sees nothing
      std::vector<float> out(queries * kDepth + 1, 77);
      std::vector<float> scratch(attention->scratch(queries, keys));
      attention->run(q.data(), k.data(), v.data(), queries, keys, 0.125f,
                     causal ? lengths.data() : nullptr, out.data(), scratch.data());
      for (std::size_t i = 0; i < queries; ++i) {
        const std::size_t seen = causal ? static_cast<std::size_t>(lengths[i]) : keys;
        const auto row = AttentionRow(std::span(q).subspan(i * kDepth), k, v, seen, 0.125);
        for (std::size_t d = 0; d < kDepth; ++d)
          ASSERT_NEAR(out[i * kDepth + d], row[d], 2e-5)
              << attention->name << " " << queries << "x" << keys << " at " << i << "," << d;
      }
      EXPECT_EQ(out.back(), 77) << "nothing behind the result is written";
    }
  }
}

// Scores as wide as a trained head's, so that the bound is one of the format.
TEST(Attention, WhenArraysEndWhereMemoryDoesEveryInstructionSetIsAsCloseAsItsFormat) {
  std::mt19937 random(23);
  std::normal_distribution<float> values(0, 1);
  const auto [items, count] = AllAttentions();
  if (NoKernels(count)) GTEST_SKIP() << "no kernel for this architecture";
  for (const Attention* attention : std::span(items, count)) {
    for (const std::size_t queries : {1, 5, 6, 23, 24, 47, 48, 49, 97}) {
      for (const std::size_t keys : {0, 1, 2, 63, 64, 65, 127, 129, 255, 257, 301}) {
        Guarded<float> q(queries * kDepth), k(keys * kDepth), v(keys * kDepth);
        for (auto* tensor : {&q, &k, &v})
          std::generate(tensor->begin(), tensor->end(), [&] { return values(random); });
        Guarded<std::int32_t> lengths(queries);
        for (std::size_t i = 0; i < queries; ++i)
          lengths[i] = static_cast<std::int32_t>(keys * i / queries);  // the first sees nothing
        Guarded<float> out(queries * kDepth), scratch(attention->scratch(queries, keys));
        for (const bool shorter : {false, true}) {
          std::fill(scratch.begin(), scratch.end(), NAN);
          attention->run(q.data(), k.data(), v.data(), queries, keys, 0.125f,
                         shorter ? lengths.data() : nullptr, out.data(), scratch.data());
          for (std::size_t i = 0; i < queries; ++i) {
            const std::size_t seen = shorter ? static_cast<std::size_t>(lengths[i]) : keys;
            const auto row = AttentionRow({q.data() + i * kDepth, kDepth}, k, v, seen, 0.125);
            ExpectNear({out.data() + i * kDepth, kDepth}, row, InFloats(*attention) ? 2e-5 : 1e-2,
                       attention->name + (" " + std::to_string(queries)) + "x" +
                           std::to_string(seen) + " of " + std::to_string(keys),
                       1);
          }
        }
      }
    }
  }
}

TEST(Attention, WhenScoresAreHugeNothingOverflows) {
  const auto [items, count] = AllAttentions();
  if (NoKernels(count)) GTEST_SKIP() << "no kernel for this architecture";
  for (const Attention* attention : std::span(items, count)) {
    std::vector<float> q(30 * kDepth, 300), k(70 * kDepth, -300), v(70 * kDepth, 1);
    std::fill_n(k.begin() + 3 * kDepth, kDepth, 300.0f);
    std::fill_n(v.begin() + 3 * kDepth, kDepth, 5.0f);
    std::vector<float> out(30 * kDepth), scratch(attention->scratch(30, 70));
    attention->run(q.data(), k.data(), v.data(), 30, 70, 0.125f, nullptr, out.data(),
                   scratch.data());
    for (const float value : out) ASSERT_FLOAT_EQ(value, 5.0f) << attention->name;
  }
}

}  // namespace
}  // namespace cpw::kernels
