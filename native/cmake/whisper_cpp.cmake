# whisper.cpp 1.9.1 with ggml, as the npm package nodejs-whisper 0.3.1 carries its sources.
# miniaudio and stb_vorbis, which native/media compiles, come with them (examples/).
set(CPW_WHISPER_CPP_VERSION 1.9.1)
set(CPW_BUILD_WHISPER_CPP_DIR "" CACHE PATH "whisper.cpp sources to take instead of the npm package's")

set(_source "${CMAKE_CURRENT_SOURCE_DIR}/node_modules/nodejs-whisper/cpp/whisper.cpp")
set(_lock "nodejs-whisper 0.3.1")
if(CPW_BUILD_WHISPER_CPP_DIR)
  set(_source "${CPW_BUILD_WHISPER_CPP_DIR}")
  cpw_hash_folder("${_source}" _lock)
endif()
if(NOT EXISTS "${_source}/include/whisper.h")
  message(FATAL_ERROR "No whisper.cpp sources in ${_source}. Next step: run npm ci, or set "
    "CPW_BUILD_WHISPER_CPP_DIR to a whisper.cpp ${CPW_WHISPER_CPP_VERSION} folder.")
endif()
file(STRINGS "${_source}/CMakeLists.txt" _version REGEX "project\\(.*VERSION [0-9.]+")
if(NOT _version MATCHES "VERSION ${CPW_WHISPER_CPP_VERSION}[ )]")
  message(FATAL_ERROR "whisper.cpp in ${_source} is not ${CPW_WHISPER_CPP_VERSION} (${_version}). "
    "Next step: npm ci, or point CPW_BUILD_WHISPER_CPP_DIR at that version.")
endif()

# GGML_NATIVE=OFF and the AVX2 baseline by name: one binary for every x64 CPU since 2013. Cross
# compiling switches ggml's own defaults off, so each set is named.
set(_args -DWHISPER_BUILD_TESTS=OFF -DWHISPER_BUILD_EXAMPLES=OFF -DWHISPER_BUILD_SERVER=OFF
  -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DGGML_CCACHE=OFF -DGGML_ACCELERATE=OFF -DGGML_BLAS=OFF
  -DGGML_LLAMAFILE=ON)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND _args -DGGML_SSE42=ON -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON)
endif()
set(_targets whisper)
list(APPEND _args -DGGML_CUDA=${CPW_BUILD_CUDA} -DGGML_METAL=${CPW_BUILD_METAL})
if(CPW_BUILD_METAL)
  list(APPEND _args -DGGML_METAL_EMBED_LIBRARY=ON)
endif()
if(CPW_BUILD_SANITIZE)
  list(APPEND _args "-DCMAKE_C_FLAGS=${CPW_SANITIZE_FLAGS}" "-DCMAKE_CXX_FLAGS=${CPW_SANITIZE_FLAGS}"
    "-DCMAKE_C_FLAGS_RELEASE=-O1 -DNDEBUG" "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG")
endif()
cpw_cached_build(whisper.cpp SOURCE "${_source}" LOCK "${_lock}" TARGETS ${_targets} KEEP include ggml/include examples
  ABOUT "whisper.cpp ${CPW_WHISPER_CPP_VERSION} (a minute or two)" ARGS ${_args})

set(_prefix "${whisper.cpp_PREFIX}")
add_library(cpw_dep_whisper INTERFACE)
target_include_directories(cpw_dep_whisper SYSTEM INTERFACE "${_prefix}/include" "${_prefix}/ggml/include")
# Registration of backends is by reference from ggml-backend-reg, so plain archives do.
set(_archives whisper ggml ggml-cpu)
if(CPW_BUILD_CUDA)
  list(APPEND _archives ggml-cuda)
endif()
if(CPW_BUILD_METAL)
  list(APPEND _archives ggml-metal)
endif()
list(APPEND _archives ggml-base)
foreach(_name IN LISTS _archives)
  target_link_libraries(cpw_dep_whisper INTERFACE "${_prefix}/lib/lib${_name}.a")
endforeach()
find_package(Threads REQUIRED)
target_link_libraries(cpw_dep_whisper INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
if(CPW_BUILD_CUDA)
  find_package(CUDAToolkit REQUIRED)
  target_link_libraries(cpw_dep_whisper INTERFACE CUDA::cudart_static CUDA::cublas CUDA::cuda_driver)
endif()
if(APPLE)
  target_link_libraries(cpw_dep_whisper INTERFACE "-framework Foundation" "-framework Metal" "-framework MetalKit")
endif()

add_library(cpw_dep_miniaudio INTERFACE)
target_include_directories(cpw_dep_miniaudio SYSTEM INTERFACE "${_prefix}/examples")
