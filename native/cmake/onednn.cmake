# oneDNN 3.x static, sequential, as the crate onednn-src carries its sources; only when asked for
# (CPW_BUILD_BLAS=onednn): it takes about 20 minutes on two cores.
cpw_crate_sources("${CMAKE_CURRENT_SOURCE_DIR}/native/third_party/onednn" _onednn_crates)
file(GLOB _onednn_cmake "${_onednn_crates}/onednn-src-*/*/CMakeLists.txt")
list(GET _onednn_cmake 0 _onednn_cmake)
get_filename_component(_onednn_source "${_onednn_cmake}" DIRECTORY)
cpw_cached_build(onednn SOURCE "${_onednn_source}" LOCK "onednn-src 0.1.22" TARGETS dnnl KEEP include
  ABOUT "oneDNN (about 20 minutes)" ARGS -DDNNL_LIBRARY_TYPE=STATIC -DDNNL_CPU_RUNTIME=SEQ
  -DDNNL_BUILD_EXAMPLES=OFF -DDNNL_BUILD_TESTS=OFF -DDNNL_ENABLE_WORKLOAD=INFERENCE
  "-DDNNL_ENABLE_PRIMITIVE=CONVOLUTION,REORDER,MATMUL")
