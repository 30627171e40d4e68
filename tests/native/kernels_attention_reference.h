#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/attention.h"

namespace cpw::kernels {

// One query's row of the result by the formula, in double precision.
inline std::vector<double> AttentionRow(std::span<const float> q, std::span<const float> k,
                                        std::span<const float> v, std::size_t keys, double scale) {
  constexpr std::size_t depth = kAttentionDepth;
  std::vector<double> weights(keys);
  double largest = -1e300;
  for (std::size_t key = 0; key < keys; ++key) {
    double dot = 0;
    for (std::size_t d = 0; d < depth; ++d) dot += double{q[d]} * k[key * depth + d];
    weights[key] = dot * scale;
    largest = std::max(largest, weights[key]);
  }
  double sum = 0;
  for (double& weight : weights) sum += weight = std::exp(weight - largest);
  std::vector<double> row(depth);
  for (std::size_t key = 0; key < keys; ++key)
    for (std::size_t d = 0; d < depth; ++d) row[d] += weights[key] / sum * v[key * depth + d];
  return row;
}

// `bound` is relative to the row's largest value, or to `spread`, that of the values in it, where
// they cancel out: what a narrow format may take away.
inline void ExpectNear(std::span<const float> row, const std::vector<double>& expected,
                       double bound, const std::string& what, double spread = 0) {
  double largest = spread;
  for (const double value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t d = 0; d < kAttentionDepth; ++d)
    ASSERT_NEAR(row[d], expected[d], bound * largest) << what << ", " << d;
}

}  // namespace cpw::kernels
