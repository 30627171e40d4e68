#pragma once

#include <vector>

#include "core/backend_report.h"

namespace cpw {

std::vector<BackendReport> CTranslate2Backends();

}  // namespace cpw
