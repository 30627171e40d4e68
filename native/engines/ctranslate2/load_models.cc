#include "engines/ctranslate2/load_models.h"

#include <ctranslate2/utils.h>

#include <algorithm>

#include "engines/ctranslate2/compute.h"
#include "engines/ctranslate2/failure.h"

namespace cpw {

LoadedModels LoadModels(const ModelLoadOptions& options, Job& job) {
  CaptureUpstreamLog();
  const auto threads = static_cast<std::size_t>(std::max(options.threads, 1));
  ::ctranslate2::models::ModelLoader loader(options.path);
  loader.device = CheckedDevice(options.device, options.device_index);
  loader.device_indices = {options.device_index};
  loader.num_replicas_per_device = static_cast<std::size_t>(std::max(options.replicas, 1));
  loader.compute_type =
      CheckedComputeType(options.compute_type, loader.device, options.device_index);
  job.Check();
  ::ctranslate2::set_num_threads(threads);
  auto replicas = loader.load();
  job.Check();
  // -1: never block a caller on a full queue.
  return {std::move(replicas), ::ctranslate2::ReplicaPoolConfig{threads, -1, -1}};
}

}  // namespace cpw
