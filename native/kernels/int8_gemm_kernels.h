#pragma once

#include "kernels/int8_gemm.h"

namespace cpw::kernels {

// Each is compiled for its instruction set and must not be called on a CPU without it.
extern const Int8Gemm kInt8GemmAvx512Vnni;
extern const Int8Gemm kInt8GemmAvx2;

}  // namespace cpw::kernels
