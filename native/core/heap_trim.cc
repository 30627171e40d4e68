#include "core/heap_trim.h"

#include <cstdlib>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace cpw {

HeapTrim::~HeapTrim() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

}  // namespace cpw
