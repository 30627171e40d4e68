#include "core/attention_path.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace cpw {
namespace {

constexpr std::ptrdiff_t kMedianReach = 3;  // positions on each side

// Rows of the same length in one block.
template <typename Value>
class Grid {
 public:
  Grid(std::size_t rows, std::size_t columns, Value value = {})
      : rows_(rows), columns_(columns), values_(rows * columns, value) {}
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  Value& at(std::size_t row, std::size_t column) { return values_[row * columns_ + column]; }
  std::span<Value> row(std::size_t row) {
    return std::span<Value>(values_).subspan(row * columns_, columns_);
  }

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::vector<Value> values_;
};

// Each token's attention adds up to 1 over what was heard, then each position's has the mean 0 and
// the deviation 1 over the tokens: tokens x positions.
Grid<float> Normalized(std::span<const float> head, std::size_t tokens, std::size_t positions) {
  std::vector<double> sums(tokens, 0);
  for (std::size_t p = 0; p < positions; ++p) {
    for (std::size_t t = 0; t < tokens; ++t) sums[t] += head[p * tokens + t];
  }
  Grid<float> out(tokens, positions);
  std::vector<double> column(tokens);
  for (std::size_t p = 0; p < positions; ++p) {
    double mean = 0;
    for (std::size_t t = 0; t < tokens; ++t) {
      column[t] = sums[t] > 0 ? head[p * tokens + t] / sums[t] : 0;
      mean += column[t] / static_cast<double>(tokens);
    }
    double variance = 0;
    for (const double value : column) {
      variance += (value - mean) * (value - mean) / static_cast<double>(tokens);
    }
    const double scale = variance > 0 ? 1 / std::sqrt(variance) : 0;
    for (std::size_t t = 0; t < tokens; ++t)
      out.at(t, p) = static_cast<float>((column[t] - mean) * scale);
  }
  return out;
}

// The median of each value and its neighbours, mirrored at the ends.
void AddMedians(std::span<const float> row, std::span<float> sums) {
  const auto size = std::ssize(row);
  std::array<float, 2 * kMedianReach + 1> near{};
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    if (size <= kMedianReach) {
      sums[static_cast<std::size_t>(i)] += row[static_cast<std::size_t>(i)];
      continue;
    }
    for (std::ptrdiff_t j = -kMedianReach; j <= kMedianReach; ++j) {
      const std::ptrdiff_t at = std::abs(i + j);
      const std::ptrdiff_t inside = at < size ? at : 2 * (size - 1) - at;
      near[static_cast<std::size_t>(j + kMedianReach)] = row[static_cast<std::size_t>(inside)];
    }
    std::nth_element(near.begin(), near.begin() + kMedianReach, near.end());
    sums[static_cast<std::size_t>(i)] += near[kMedianReach];
  }
}

enum class Step : std::uint8_t { kBoth, kToken, kPosition };

// The column at which the dearest way from corner to corner enters each row.
std::vector<double> BestPath(Grid<float>& gain) {
  const std::size_t rows = gain.rows();
  const std::size_t columns = gain.columns();
  constexpr double kNever = std::numeric_limits<double>::infinity();
  Grid<Step> steps(rows, columns);
  std::vector<double> above(columns + 1, kNever);
  above[0] = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    std::vector<double> cost(columns + 1, kNever);
    for (std::size_t c = 0; c < columns; ++c) {
      const double both = above[c];
      const double token = above[c + 1];
      const double position = cost[c];
      Step step = Step::kPosition;
      if (both < token && both < position) step = Step::kBoth;
      if (token < both && token < position) step = Step::kToken;
      steps.at(r, c) = step;
      cost[c + 1] = std::min({both, token, position}) - gain.at(r, c);
    }
    above = std::move(cost);
  }
  std::vector<double> begins(rows, 0);
  std::size_t r = rows - 1;
  std::size_t c = columns - 1;
  for (;;) {
    begins[r] = static_cast<double>(c);
    const Step step = r == 0 ? Step::kPosition : c == 0 ? Step::kToken : steps.at(r, c);
    if (r == 0 && c == 0) return begins;
    if (step != Step::kPosition) --r;
    if (step != Step::kToken) --c;
  }
}

}  // namespace

std::vector<double> AttentionPath(const Attention& attention, std::size_t first,
                                  std::size_t heard) {
  const std::size_t positions = std::min(heard, attention.positions);
  if (positions == 0 || attention.heads == 0 || attention.tokens < first + 2) return {};
  const std::size_t size = attention.positions * attention.tokens;
  Grid<float> sums(attention.tokens - first - 1, positions);
  for (std::size_t head = 0; head < attention.heads; ++head) {
    Grid<float> normal =
        Normalized(attention.weights.subspan(head * size, size), attention.tokens, positions);
    for (std::size_t row = 0; row < sums.rows(); ++row)
      AddMedians(normal.row(first + row), sums.row(row));
  }
  return BestPath(sums);
}

}  // namespace cpw
