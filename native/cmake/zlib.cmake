# zlib's deflate, as the crate libz-sys carries its sources: the measure of how far a text repeats
# itself. The system's zlib would be a library to find, and its symbols could meet Node's.
set(CPW_ZLIB_CRATE libz-sys-1.1.31)
set(CPW_BUILD_ZLIB_DIR "" CACHE PATH "zlib sources to take instead of the crate's")

if(CPW_BUILD_ZLIB_DIR)
  set(_source "${CPW_BUILD_ZLIB_DIR}")
else()
  cpw_crate_sources("${CMAKE_CURRENT_SOURCE_DIR}/native/third_party" _crates)
  set(_source "${_crates}/${CPW_ZLIB_CRATE}/src/zlib")
endif()
if(NOT EXISTS "${_source}/deflate.c")
  message(FATAL_ERROR "No zlib sources in ${_source}. Next step: remove ${CPW_BUILD_CACHE} and try again, or "
    "set CPW_BUILD_ZLIB_DIR to a zlib source folder.")
endif()

set(_files adler32 compress crc32 deflate trees zutil)
list(TRANSFORM _files PREPEND "${_source}/")
list(TRANSFORM _files APPEND ".c")
add_library(cpw_dep_zlib STATIC ${_files})
target_include_directories(cpw_dep_zlib SYSTEM PUBLIC "${_source}")
