#pragma once

#include <string>

namespace cpw {

struct WhisperLoadOptions {
  std::string path;
  std::string device;  // "cpu" | "cuda" | "metal"
  int device_index = 0;
  int replicas = 1;  // windows worked on at the same time, each with a state of its own
  int threads = 1;   // of each replica
};

}  // namespace cpw
