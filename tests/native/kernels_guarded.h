#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>
#include <span>

namespace cpw::kernels {

// An array that ends where a page begins that nobody may touch.
template <typename T>
class Guarded {
 public:
  explicit Guarded(std::size_t size) : size_(size) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t used = (size * sizeof(T) + page - 1) / page * page;
    length_ = used + page;
    base_ = static_cast<char*>(
        mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    mprotect(base_ + used, page, PROT_NONE);
    data_ = reinterpret_cast<T*>(base_ + used) - size;
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(base_, length_); }
  T* data() { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  operator std::span<const T>() const { return {data_, size_}; }

 private:
  std::size_t size_;
  std::size_t length_ = 0;
  char* base_ = nullptr;
  T* data_ = nullptr;
};

}  // namespace cpw::kernels
