#pragma once

#include <span>
#include <vector>

#include "core/transcript.h"

namespace cpw {

// Mends what a model's attention says of the words of a window: times are put `delay` seconds
// earlier, words that swallowed a pause are shortened, borders move to where the audio is quiet,
// and beside a pause to where that begins and ends. Afterwards words ascend, do not overlap, are
// longer than zero and lie inside the window; each segment begins with its first word and ends with
// its last.
void RepairWordTimes(std::vector<Segment>& segments, std::span<const float> samples, double delay);

}  // namespace cpw
