# GoogleTest as CTranslate2's third_party carries it.
set(INSTALL_GTEST OFF CACHE BOOL "")
set(BUILD_GMOCK OFF CACHE BOOL "")
add_subdirectory("${CPW_GOOGLETEST_DIR}" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL)
file(GLOB _tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/tests/native/*.cc")
# A build of the addon in the same folder leaves them out.
add_executable(cpw_tests EXCLUDE_FROM_ALL ${_tests})
# What nearly every test includes: a quarter of the time that it takes to compile one.
target_precompile_headers(cpw_tests PRIVATE <gtest/gtest.h> <algorithm> <cmath> <random> <string> <thread> <vector>)
target_compile_definitions(cpw_tests PRIVATE CPW_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/tests/data")
target_link_libraries(cpw_tests PRIVATE cpw_media cpw_silero cpw_whisper cpw_ctranslate2 cpw_probe
                      cpw_dep_whisper cpw_dep_ctranslate2 GTest::gtest_main)
