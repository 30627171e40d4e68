# SentencePiece 0.2.1, as the crate sentencepiece-sys carries its sources: a text's pieces and back.
# It brings its own protobuf-lite and absl; binding/exports.map keeps their symbols inside the addon.
set(CPW_SENTENCEPIECE_CRATE sentencepiece-sys-0.14.0)
set(CPW_SENTENCEPIECE_VERSION 0.2.1)
set(CPW_BUILD_SENTENCEPIECE_DIR "" CACHE PATH "SentencePiece sources to take instead of the crate's")

if(CPW_BUILD_SENTENCEPIECE_DIR)
  set(_source "${CPW_BUILD_SENTENCEPIECE_DIR}")
  cpw_hash_folder("${_source}" _lock)
else()
  cpw_crate_sources("${CMAKE_CURRENT_SOURCE_DIR}/native/third_party" _crates)
  set(_source "${_crates}/${CPW_SENTENCEPIECE_CRATE}/source")
  set(_lock "${CPW_SENTENCEPIECE_CRATE}")
endif()
if(NOT EXISTS "${_source}/src/sentencepiece_processor.h")
  message(FATAL_ERROR "No SentencePiece sources in ${_source}. Next step: remove ${CPW_BUILD_CACHE} and try "
    "again, or set CPW_BUILD_SENTENCEPIECE_DIR to a SentencePiece ${CPW_SENTENCEPIECE_VERSION} folder.")
endif()
file(STRINGS "${_source}/VERSION.txt" _version LIMIT_COUNT 1)
if(NOT _version STREQUAL CPW_SENTENCEPIECE_VERSION)
  message(FATAL_ERROR "SentencePiece in ${_source} is not ${CPW_SENTENCEPIECE_VERSION} (${_version}). "
    "Next step: point CPW_BUILD_SENTENCEPIECE_DIR at that version.")
endif()

# No embedded data: only training, which is not linked, would read it.
set(_args -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DSPM_ENABLE_SHARED=OFF -DSPM_ENABLE_TCMALLOC=OFF
  -DSPM_BUILD_TEST=OFF -DSPM_DISABLE_EMBEDDED_DATA=ON)
if(CPW_BUILD_SANITIZE)
  list(APPEND _args "-DCMAKE_C_FLAGS=${CPW_SANITIZE_FLAGS}" "-DCMAKE_CXX_FLAGS=${CPW_SANITIZE_FLAGS}")
endif()
cpw_cached_build(sentencepiece SOURCE "${_source}" LOCK "${_lock}" TARGETS sentencepiece-static KEEP src
  ABOUT "SentencePiece ${CPW_SENTENCEPIECE_VERSION} (half a minute)" ARGS ${_args})

add_library(cpw_dep_sentencepiece STATIC IMPORTED)
set_target_properties(cpw_dep_sentencepiece PROPERTIES
  IMPORTED_LOCATION "${sentencepiece_PREFIX}/lib/libsentencepiece.a")
target_include_directories(cpw_dep_sentencepiece SYSTEM INTERFACE "${sentencepiece_PREFIX}/src")
target_link_libraries(cpw_dep_sentencepiece INTERFACE Threads::Threads)
