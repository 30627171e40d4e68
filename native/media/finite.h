#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace cpw {

// One NaN spoils a whole window of an engine, and float files hold them. What is merely too loud
// stays, up to where a filter's sum could overflow.
inline void MakeFinite(std::span<float> samples) {
  constexpr float kLoudest = 65536.0F;
  for (float& sample : samples) {
    sample = std::isfinite(sample) ? std::clamp(sample, -kLoudest, kLoudest) : 0.0F;
  }
}

}  // namespace cpw
