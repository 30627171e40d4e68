#pragma once

#include <string>

namespace cpw {

// What one engine says of one kind of device, for `doctor` and the automatic choice.
struct BackendReport {
  std::string device;  // "cpu" | "cuda" | "metal"
  bool available = false;
  std::string detail;  // the loader's own words, where it cannot be used; what it is, where it can
};

}  // namespace cpw
