#pragma once

#include <string>

namespace cpw {

// How a model of CTranslate2 is loaded, whatever it does.
struct ModelLoadOptions {
  std::string path;    // the model's folder
  std::string device;  // "cpu" | "cuda"
  int device_index;
  std::string compute_type;  // upstream's name, e.g. "int8_float32"
  int replicas;              // batches worked on at the same time
  int threads;               // of each replica
};

}  // namespace cpw
