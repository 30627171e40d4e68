#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cpw {

// How much each token of a decoder's input listened to each position of the audio.
struct Attention {
  std::span<const float> weights;  // heads x positions x tokens, not negative
  std::size_t heads = 0;
  std::size_t positions = 0;
  std::size_t tokens = 0;
};

// The way through the audio on which the tokens listened, in order, by dynamic time warping as
// OpenAI's alignment has it. For the tokens `first`..tokens - 2 (the last one is the end of the
// text): the position at which each begins. Positions from `heard` on are silence and not looked
// at. Empty where there is nothing to look at.
std::vector<double> AttentionPath(const Attention& attention, std::size_t first, std::size_t heard);

}  // namespace cpw
