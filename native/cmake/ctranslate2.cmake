# CTranslate2 4.8.4 with its third_party, as the crate ct2rs carries its sources.
set(CPW_CTRANSLATE2_VERSION 4.8.4)
set(CPW_BUILD_CTRANSLATE2_DIR "" CACHE PATH "CTranslate2 sources to take instead of the crate's")
set(CPW_BUILD_MKL_DIR "" CACHE PATH "Intel MKL (include/, lib/) to take instead of the wheels'")

if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(_blas_default mkl)
elseif(APPLE)
  set(_blas_default accelerate)
else()
  set(_blas_default ruy)
endif()
set(CPW_BUILD_BLAS "${_blas_default}" CACHE STRING "mkl | onednn | openblas | ruy | accelerate")

if(CPW_BUILD_CTRANSLATE2_DIR)
  set(_source "${CPW_BUILD_CTRANSLATE2_DIR}")
  cpw_hash_folder("${_source}" _lock)
else()
  cpw_crate_sources("${CMAKE_CURRENT_SOURCE_DIR}/native/third_party" _crates)
  set(_source "${_crates}/ct2rs-0.10.3/CTranslate2")
  set(_lock "ct2rs 0.10.3")
endif()
if(NOT EXISTS "${_source}/include/ctranslate2/models/whisper.h")
  message(FATAL_ERROR "No CTranslate2 sources in ${_source}. Next step: remove ${CPW_BUILD_CACHE} and try "
    "again, or set CPW_BUILD_CTRANSLATE2_DIR to a CTranslate2 ${CPW_CTRANSLATE2_VERSION} folder.")
endif()
file(STRINGS "${_source}/python/ctranslate2/version.py" _version REGEX "__version__")
if(NOT _version MATCHES "\"${CPW_CTRANSLATE2_VERSION}\"")
  message(FATAL_ERROR "CTranslate2 in ${_source} is not ${CPW_CTRANSLATE2_VERSION} (${_version}). "
    "Next step: point CPW_BUILD_CTRANSLATE2_DIR at that version.")
endif()

# No OpenMP: its runtimes spin, one in the process is one too many, and replicas of one thread,
# which is how this library runs fastest, gain nothing from it.
set(_args -DOPENMP_RUNTIME=NONE -DBUILD_CLI=OFF -DBUILD_TESTS=OFF -DENABLE_CPU_DISPATCH=ON
  -DWITH_MKL=OFF -DWITH_DNNL=OFF -DWITH_OPENBLAS=OFF -DWITH_RUY=OFF -DWITH_ACCELERATE=OFF)
set(_blas_libraries "")
if(CPW_BUILD_BLAS STREQUAL "mkl")
  cpw_mkl(_mkl)
  # MKL runs its slowest kernels on CPUs of other vendors (measured on an AMD EPYC: int8 products 10
  # times slower than on Intel, a million page faults a window). There CTranslate2 takes ruy.
  list(APPEND _args -DWITH_MKL=ON -DWITH_RUY=ON "-DMKL_ROOT=${_mkl}" "-DMKL_INCLUDE_DIR=${_mkl}/include")
  # One item, or CMake would drop the second of two equal group flags. Archives stand between the flags
  # and not inside them: zig refuses those.
  set(_blas_libraries "-Wl,--start-group ${_mkl}/lib/libmkl_intel_ilp64.a ${_mkl}/lib/libmkl_sequential.a ${_mkl}/lib/libmkl_core.a -Wl,--end-group" m)
elseif(CPW_BUILD_BLAS STREQUAL "onednn")
  include(native/cmake/onednn.cmake)
  list(APPEND _args -DWITH_DNNL=ON "-DDNNL_INCLUDE_DIR=${onednn_PREFIX}/include" "-DDNNL_LIBRARY=${onednn_PREFIX}/lib/libdnnl.a")
  set(_blas_libraries "${onednn_PREFIX}/lib/libdnnl.a")
elseif(CPW_BUILD_BLAS STREQUAL "openblas")
  find_path(OPENBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas openblas-pthread)
  find_library(OPENBLAS_LIBRARY openblas)
  if(NOT OPENBLAS_INCLUDE_DIR OR NOT OPENBLAS_LIBRARY)
    message(FATAL_ERROR "CPW_BUILD_BLAS=openblas, but OpenBLAS was not found. Next step: install the Debian package libopenblas-dev.")
  endif()
  # OpenBLAS has no int8 product; ruy brings it.
  list(APPEND _args -DWITH_OPENBLAS=ON -DWITH_RUY=ON "-DOPENBLAS_INCLUDE_DIR=${OPENBLAS_INCLUDE_DIR}" "-DOPENBLAS_LIBRARY=${OPENBLAS_LIBRARY}")
  set(_blas_libraries "${OPENBLAS_LIBRARY}")
elseif(CPW_BUILD_BLAS STREQUAL "ruy")
  list(APPEND _args -DWITH_RUY=ON)
elseif(CPW_BUILD_BLAS STREQUAL "accelerate")
  list(APPEND _args -DWITH_ACCELERATE=ON -DWITH_RUY=ON)
  set(_blas_libraries "-framework Accelerate")
else()
  message(FATAL_ERROR "CPW_BUILD_BLAS=${CPW_BUILD_BLAS} is none of mkl, onednn, openblas, ruy, accelerate.")
endif()
if(CPW_BUILD_CUDA)
  list(APPEND _args -DWITH_CUDA=ON)
endif()
# CTranslate2 itself is not instrumented under CPW_BUILD_SANITIZE: that would build it a second time
# (five minutes), and its loader sees only what our validators let through.

cpw_cached_build(ctranslate2 SOURCE "${_source}" LOCK "${_lock}" TARGETS ctranslate2 KEEP include third_party/spdlog third_party/googletest
  ABOUT "CTranslate2 ${CPW_CTRANSLATE2_VERSION} with ${CPW_BUILD_BLAS} (two to five minutes)" ARGS ${_args})

set(_prefix "${ctranslate2_PREFIX}")
# Imported as what it is, so that CMake puts what it calls behind it for the linker.
add_library(cpw_dep_ctranslate2 STATIC IMPORTED)
set_target_properties(cpw_dep_ctranslate2 PROPERTIES IMPORTED_LOCATION "${_prefix}/lib/libctranslate2.a")
target_include_directories(cpw_dep_ctranslate2 SYSTEM INTERFACE "${_prefix}/include" "${_prefix}/third_party/spdlog/include")
# clang 22 finds the format strings of its old fmt not constant enough for consteval.
target_compile_definitions(cpw_dep_ctranslate2 INTERFACE "FMT_CONSTEVAL=")
file(GLOB _archives "${_prefix}/lib/*.a")
list(REMOVE_ITEM _archives "${_prefix}/lib/libctranslate2.a")
if(APPLE)
  target_link_libraries(cpw_dep_ctranslate2 INTERFACE ${_archives} ${_blas_libraries})
else()
  string(REPLACE ";" " " _group "${_archives}")
  target_link_libraries(cpw_dep_ctranslate2 INTERFACE "-Wl,--start-group ${_group} -Wl,--end-group"
    ${_blas_libraries})
endif()
target_link_libraries(cpw_dep_ctranslate2 INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
if(CPW_BUILD_CUDA)
  find_package(CUDAToolkit REQUIRED)
  target_link_libraries(cpw_dep_ctranslate2 INTERFACE CUDA::cudart_static CUDA::cublas CUDA::curand)
endif()
set(CPW_GOOGLETEST_DIR "${_prefix}/third_party/googletest")
