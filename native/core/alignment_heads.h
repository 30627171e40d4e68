#pragma once

#include <span>

namespace cpw {

struct AttentionHead {
  int layer;
  int head;
};

// Which of a decoder's attention heads follow the speech, as OpenAI published them for its models.
struct AlignmentHeads {
  int layers;  // of the decoder
  int width;
  int vocabulary;
  std::span<const AttentionHead> heads;
  // Seconds by which the attention of these heads comes after the speech (before it, where
  // negative), measured; 0 where nobody has.
  double delay;
};

// nullptr for shapes that are none of OpenAI's, distilled ones above all: their heads are others.
const AlignmentHeads* FindAlignmentHeads(int layers, int width, int vocabulary);

}  // namespace cpw
