#pragma once

#include "core/heap_trim.h"

namespace cpw {

// The first member of a recogniser: once the model is gone, the blocks that CTranslate2's allocator
// keeps for the next request (third_party/patches/ctranslate2/0002-reuse-large-blocks) go back to
// the system. Another recogniser that runs meanwhile asks for its own anew, once.
class ModelMemory {
 public:
  ModelMemory() = default;
  ~ModelMemory();

 private:
  HeapTrim trim_;
};

}  // namespace cpw
