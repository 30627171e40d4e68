#pragma once

#include <ctranslate2/models/model.h>
#include <ctranslate2/replica_pool.h>

#include <memory>
#include <vector>

#include "core/job.h"
#include "engines/ctranslate2/load_options.h"

namespace cpw {

struct LoadedModels {
  std::vector<std::shared_ptr<const ::ctranslate2::models::Model>> replicas;
  ::ctranslate2::ReplicaPoolConfig pool;
};

// Checks device and compute type, then reads the weights. Throws CpwError, Aborted, or what
// upstream throws: see RethrowLoadFailure.
LoadedModels LoadModels(const ModelLoadOptions& options, Job& job);

}  // namespace cpw
