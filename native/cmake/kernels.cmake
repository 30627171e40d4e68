# Hot loops of our own, one file for each instruction set and chosen when the program runs. Such a file
# includes no standard header that emits code: the linker keeps one copy of an inline function, and an
# AVX-512 copy would end the program elsewhere.
set(_sources native/kernels/int8_gemm.cc native/kernels/attention.cc native/kernels/dense.cc
  native/kernels/dense_portable.cc native/kernels/linked.cc)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND _sources native/kernels/int8_gemm_avx2.cc native/kernels/int8_gemm_avx512vnni.cc
    native/kernels/attention_avx2.cc native/kernels/attention_avx512.cc
    native/kernels/attention_avx512bf16.cc native/kernels/attention_memory_avx2.cc
    native/kernels/attention_memory_avx512.cc native/kernels/dense_avx2.cc native/kernels/dense_avx512.cc)
  set(_avx512 -mavx512f)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 takes its own intrinsics' undefined start values for mistakes (its bug 105593).
    list(APPEND _avx512 -Wno-maybe-uninitialized -Wno-uninitialized)
  endif()
  set_source_files_properties(native/kernels/attention_avx2.cc native/kernels/int8_gemm_avx2.cc
    PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma")
  set_source_files_properties(native/kernels/attention_memory_avx2.cc native/kernels/dense_avx2.cc
    PROPERTIES COMPILE_OPTIONS "-mavx2;-mfma;-mf16c")
  set_source_files_properties(native/kernels/attention_avx512.cc
    native/kernels/attention_memory_avx512.cc native/kernels/dense_avx512.cc
    PROPERTIES COMPILE_OPTIONS "${_avx512}")
  set_source_files_properties(native/kernels/attention_avx512bf16.cc PROPERTIES COMPILE_OPTIONS
    "${_avx512};-mavx512bf16")
  set_source_files_properties(native/kernels/int8_gemm_avx512vnni.cc PROPERTIES COMPILE_OPTIONS
    "${_avx512};-mavx512bw;-mavx512vl;-mavx512vnni")
endif()
# One rounding for a product and its sum where the CPU has that (arm64), as the others do by name.
set_source_files_properties(native/kernels/dense_portable.cc PROPERTIES COMPILE_OPTIONS
  -ffp-contract=fast)
cpw_library(cpw_kernels ${_sources})
target_link_libraries(cpw_kernels PRIVATE cpw_core)
# A sanitiser's checks would be most of the time of the tests.
target_compile_options(cpw_kernels PRIVATE -O3)
# Upstream's libraries call it, so it stands behind them for the linker.
target_link_libraries(cpw_dep_ctranslate2 INTERFACE cpw_kernels)
target_link_libraries(cpw_dep_whisper INTERFACE cpw_kernels)
