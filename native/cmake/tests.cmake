# GoogleTest as CTranslate2's third_party carries it.
set(INSTALL_GTEST OFF CACHE BOOL "")
set(BUILD_GMOCK OFF CACHE BOOL "")
add_subdirectory("${CPW_GOOGLETEST_DIR}" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL)
file(GLOB _tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/tests/native/*.cc")
add_executable(cpw_tests ${_tests})
target_compile_definitions(cpw_tests PRIVATE CPW_TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/tests/data")
target_link_libraries(cpw_tests PRIVATE cpw_media cpw_silero cpw_whisper cpw_ctranslate2 cpw_probe
                      cpw_dep_whisper cpw_dep_ctranslate2 GTest::gtest_main)
