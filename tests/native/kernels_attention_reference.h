#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
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

}  // namespace cpw::kernels
