#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "kernels/dense.h"

namespace cpw::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> Random(std::mt19937& random, std::size_t size, float range) {
  std::uniform_real_distribution<float> values(-range, range);
  std::vector<float> items(size);
  std::generate(items.begin(), items.end(), [&] { return values(random); });
  return items;
}

// By decimal numbers' own rules: the distance of two neighbours follows from the exponent.
float Half(float value) {
  if (value > 65504) return 65504;
  const int exponent = std::max(value == 0 ? -14 : std::ilogb(value), -14);
  return std::ldexp(std::nearbyint(std::ldexp(value, 10 - exponent)), exponent - 10);
}

class DenseKernels : public testing::TestWithParam<const Dense*> {};

TEST_P(DenseKernels, when_shapes_vary_the_product_is_that_of_the_formula) {
  std::mt19937 random(5);
  struct Shape {
    std::size_t rows, columns, depth;
  };
  for (const auto [rows, columns, depth] :
       {Shape{1, 64, 1}, {3, 64, 31}, {4, 128, 32}, {9, 64, 33}, {16, 192, 387}, {13, 512, 128}}) {
    const std::size_t lda = depth + 3;
    const std::size_t ldc = columns + 5;
    const std::size_t stride = depth * kDensePanel + 7;
    const auto a = Random(random, rows * lda, 1);
    const auto b = Random(random, columns / kDensePanel * stride, 1);
    const auto bias = Random(random, columns, 1);
    for (const auto finish : {DenseFinish::kPlain, DenseFinish::kRelu, DenseFinish::kReluHalf}) {
      std::vector<float> c(rows * ldc, 77);
      GetParam()->multiply({a.data(), lda, rows, b.data(), stride, depth, columns, bias.data(),
                            finish, c.data(), ldc});
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < ldc; ++column) {
          const float found = c[row * ldc + column];
          if (column >= columns) {
            EXPECT_EQ(found, 77) << "written past the columns";
            continue;
          }
          double sum = bias[column];
          for (std::size_t d = 0; d < depth; ++d) {
            sum += static_cast<double>(a[row * lda + d]) *
                   b[column / kDensePanel * stride + d * kDensePanel + column % kDensePanel];
          }
          if (finish != DenseFinish::kPlain) sum = std::max(sum, 0.0);
          EXPECT_NEAR(found, sum, finish == DenseFinish::kReluHalf ? 1e-2 : 1e-5);
          if (finish == DenseFinish::kReluHalf) EXPECT_EQ(found, Half(found));
        }
      }
    }
  }
}

TEST_P(DenseKernels, when_a_sum_is_no_number_relu_gives_zero) {
  const std::vector<float> a = {kInfinity, -kInfinity, 1};
  const std::vector<float> b(3 * kDensePanel, 1);
  const std::vector<float> bias(kDensePanel, 0);
  std::vector<float> c(kDensePanel, 77);
  GetParam()->multiply({a.data(), 3, 1, b.data(), 3 * kDensePanel, 3, kDensePanel, bias.data(),
                        DenseFinish::kRelu, c.data(), kDensePanel});
  EXPECT_EQ(c, std::vector<float>(kDensePanel, 0));
}

TEST_P(DenseKernels, when_numbers_are_rounded_to_half_they_are_the_nearest) {
  std::mt19937 random(6);
  std::vector<float> values = {0,        -0.0f,      1,        1.00048828125f, 1.00146484375f,
                               65504,    65519,      70000,    0x1p-14f,       0x1.ffep-15f,
                               0x1p-24f, 0x1.8p-24f, 0x1p-25f, 0x1.8p-25f,     -0x1.8p-25f,
                               0x1p-40f};
  for (int exponent = -30; exponent < 16; ++exponent) {
    for (const float value : Random(random, 32, std::ldexp(1.0f, exponent)))
      values.push_back(value);
  }
  std::vector<float> rounded(values.size());
  GetParam()->half(values.data(), values.size(), rounded.data());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(rounded[i], Half(values[i])) << values[i];
}

TEST_P(DenseKernels, when_magnitudes_are_taken_they_are_rounded_to_half) {
  std::mt19937 random(7);
  const auto re = Random(random, 64, 100);
  const auto im = Random(random, 64, 100);
  std::vector<float> found(64);
  GetParam()->magnitude(re.data(), im.data(), 64, found.data());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], std::hypot(re[i], im[i]), found[i] / 2000);
    EXPECT_EQ(found[i], Half(found[i]));
  }
}

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }

TEST_P(DenseKernels, when_an_lstm_steps_it_follows_the_formula) {
  std::mt19937 random(8);
  constexpr std::size_t kWidth = 64;
  std::vector<float> gates = Random(random, 4 * kWidth, 12);
  for (std::size_t i = 0; i < 4; ++i) gates[i * kWidth + i] = i % 2 == 0 ? 200 : -200;
  auto cell = Random(random, kWidth, 3);
  const auto before = cell;
  std::vector<float> hidden(kWidth);
  GetParam()->lstm(gates.data(), kWidth, cell.data(), hidden.data());
  for (std::size_t i = 0; i < kWidth; ++i) {
    const double next = Logistic(gates[kWidth + i]) * before[i] +
                        Logistic(gates[i]) * std::tanh(static_cast<double>(gates[2 * kWidth + i]));
    EXPECT_NEAR(cell[i], next, 2e-6);
    EXPECT_NEAR(hidden[i], Logistic(gates[3 * kWidth + i]) * std::tanh(next), 2e-6);
  }
}

TEST_P(DenseKernels, when_an_lstm_is_given_no_numbers_its_state_stays_one) {
  constexpr std::size_t kWidth = 16;
  for (const float bad : {kNaN, kInfinity, -kInfinity}) {
    const std::vector<float> gates(4 * kWidth, bad);
    std::vector<float> cell(kWidth, 0.5f);
    std::vector<float> hidden(kWidth);
    GetParam()->lstm(gates.data(), kWidth, cell.data(), hidden.data());
    for (std::size_t i = 0; i < kWidth; ++i) {
      EXPECT_LE(std::abs(cell[i]), 1.5f) << bad;
      EXPECT_LE(std::abs(hidden[i]), 1.0f) << bad;
    }
  }
}

std::vector<const Dense*> All() {
  const auto [items, count] = AllDenses();
  return {items, items + count};
}

INSTANTIATE_TEST_SUITE_P(All, DenseKernels, testing::ValuesIn(All()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace cpw::kernels
