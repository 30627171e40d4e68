// roofline <threads>: what this machine can multiply and move at most, as one line of JSON. Figures
// of two machines are compared by it, so it needs to be the same program everywhere, not the
// fastest.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace {

using Clock = std::chrono::steady_clock;

// What each thread does once; it returns how much that was (operations or bytes).
using Work = std::function<double(int thread)>;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The best of several short rounds, in billions a second: other programs only ever slow one down.
double Rate(int threads, const Work& work) {
  double best = 0;
  for (int round = 0; round < 12; ++round) {
    std::vector<double> done(threads);
    std::vector<std::thread> running;
    const auto begin = Clock::now();
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        const auto mine = Clock::now();
        while (SecondsSince(mine) < 0.04) done[i] += work(i);
      });
    }
    for (auto& thread : running) thread.join();
    const double seconds = SecondsSince(begin);
    double all = 0;
    for (const double one : done) all += one;
    best = std::max(best, all / seconds / 1e9);
  }
  return best;
}

// A block of a product whose panels lie packed in the first cache: kRows x kWidth sums stay in
// registers over kDepth steps. The compiler cuts the vectors to what the CPU has.
constexpr int kRows = 6;
constexpr int kWidth = 32;
constexpr int kDepth = 256;
typedef float Vector __attribute__((vector_size(64)));

struct alignas(64) FloatPanels {
  float a[kDepth * kRows];
  float b[kDepth * kWidth];
  float c[kRows * kWidth];
};

double MultiplyFloats(FloatPanels& panels) {
  constexpr int kRepeats = 64;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    Vector sums[kRows][2] = {};
    for (int k = 0; k < kDepth; ++k) {
      const auto* b = reinterpret_cast<const Vector*>(panels.b + k * kWidth);
      for (int row = 0; row < kRows; ++row) {
        const float a = panels.a[k * kRows + row];
        sums[row][0] += a * b[0];
        sums[row][1] += a * b[1];
      }
    }
    std::memcpy(panels.c, sums, sizeof(panels.c));
    panels.a[repeat % kDepth] = panels.c[0] * 1e-9f;  // the next round depends on this one
  }
  return 2.0 * kRows * kWidth * kDepth * kRepeats;
}

// Sums of products of unsigned by signed bytes, the form that CPUs have an instruction for.
struct alignas(64) BytePanels {
  std::uint8_t a[64 * kRows];
  std::int8_t b[64 * kDepth];
  std::int32_t c[16 * kRows];
};

double MultiplyBytes(BytePanels& panels) {
  constexpr int kRepeats = 256;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
#if defined(__AVX512VNNI__)
    __m512i sums[kRows] = {};
    for (int k = 0; k < kDepth; ++k) {
      const __m512i b = _mm512_load_si512(panels.b + 64 * k);
      for (int row = 0; row < kRows; ++row) {
        sums[row] = _mm512_dpbusd_epi32(sums[row], _mm512_load_si512(panels.a + 64 * row), b);
      }
    }
#elif defined(__AVX2__)
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i sums[kRows][2] = {};
    for (int k = 0; k < 2 * kDepth; ++k) {
      const __m256i b = _mm256_load_si256(reinterpret_cast<const __m256i*>(panels.b) + k);
      for (int row = 0; row < kRows; ++row) {
        const __m256i a = _mm256_load_si256(reinterpret_cast<const __m256i*>(panels.a) + 2 * row);
        const __m256i pairs = _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), ones);
        sums[row][k % 2] = _mm256_add_epi32(sums[row][k % 2], pairs);
      }
    }
#else
    std::int32_t sums[kRows * 16] = {};
    for (int k = 0; k < kDepth; ++k) {
      for (int row = 0; row < kRows; ++row) {
        for (int i = 0; i < 64; ++i) {
          sums[row * 16 + i / 4] += panels.a[64 * row + i] * panels.b[64 * k + i];
        }
      }
    }
#endif
    std::memcpy(panels.c, sums, sizeof(panels.c));
    panels.a[repeat % 64] = static_cast<std::uint8_t>(panels.c[0] & 1);
  }
  return 2.0 * kRows * 64 * kDepth * kRepeats;
}

// Each thread copies 64 MB, far more than its caches hold; bytes read and written both count.
struct Copy {
  std::vector<char> from = std::vector<char>(std::size_t{64} << 20, 1);
  std::vector<char> to = std::vector<char>(std::size_t{64} << 20);
  double operator()() {
    std::memcpy(to.data(), from.data(), from.size());
    from[0] = static_cast<char>(to[from.size() - 1] + 1);
    return 2.0 * static_cast<double>(from.size());
  }
};

void Print(const char* name, int threads) {
  std::vector<FloatPanels> floats(threads);
  std::vector<BytePanels> bytes(threads);
  for (auto& panels : floats) std::fill(std::begin(panels.b), std::end(panels.b), 0.5f);
  for (auto& panels : bytes) std::fill(std::begin(panels.b), std::end(panels.b), 1);
  const double f32 = Rate(threads, [&](int i) { return MultiplyFloats(floats[i]); });
  const double int8 = Rate(threads, [&](int i) { return MultiplyBytes(bytes[i]); });
  std::vector<Copy> copies(threads);
  const double copy = Rate(threads, [&](int i) { return copies[i](); });
  std::printf("\"%s\":{\"gflopsF32\":%.2f,\"gopsInt8\":%.2f,\"copyGbS\":%.3f}", name, f32, int8,
              copy);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1;
  std::printf("{\"threads\":%d,", threads);
  Print("one", 1);
  std::printf(",");
  Print("all", threads);
  std::printf("}\n");
  return 0;
}
