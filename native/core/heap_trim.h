#pragma once

namespace cpw {

// The first member of what owns much memory: it goes after all others, also when a constructor
// throws, and gives the pages that they freed back to the system. glibc has a heap for each of the
// first threads (8 a core) and keeps what is free in each: 15 heaps held 75 MB after a tiny model
// was closed, and each load on another thread filled one more.
class HeapTrim {
 public:
  HeapTrim() = default;
  ~HeapTrim();
  HeapTrim(const HeapTrim&) = delete;
  HeapTrim& operator=(const HeapTrim&) = delete;
};

}  // namespace cpw
