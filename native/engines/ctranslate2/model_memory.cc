#include "engines/ctranslate2/model_memory.h"

#include <ctranslate2/allocator.h>

namespace cpw {

ModelMemory::~ModelMemory() {
  ::ctranslate2::get_allocator(::ctranslate2::Device::CPU).clear_cache();
}

}  // namespace cpw
