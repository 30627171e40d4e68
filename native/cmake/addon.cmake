include(native/cmake/node_api.cmake)

add_library(cpw_addon MODULE
  native/binding/addon.cc
  native/binding/audio_input_wrap.cc
  native/binding/channel.cc
  native/binding/entry.cc
  native/binding/environment.cc
  native/binding/fields.cc
  native/binding/js_error.cc
  native/binding/options.cc
  native/binding/quantize.cc
  native/binding/recognizer_wrap.cc
  native/binding/speech_detector_wrap.cc
  native/binding/submit.cc
  native/binding/system_info.cc
  native/binding/to_js.cc
  native/binding/translator_wrap.cc)
set(CPW_BUILD_OUTPUT_DIR "${CMAKE_CURRENT_SOURCE_DIR}/build/Release" CACHE PATH "Where the addon is put")
set_target_properties(cpw_addon PROPERTIES PREFIX "" SUFFIX ".node" OUTPUT_NAME cpw-native
  LIBRARY_OUTPUT_DIRECTORY "${CPW_BUILD_OUTPUT_DIR}")
target_compile_definitions(cpw_addon PRIVATE
  CPW_WHISPER_CPP_VERSION="${CPW_WHISPER_CPP_VERSION}" CPW_CTRANSLATE2_VERSION="${CPW_CTRANSLATE2_VERSION}"
  CPW_SENTENCEPIECE_VERSION="${CPW_SENTENCEPIECE_VERSION}"
  CPW_BUILD_BLAS="${CPW_BUILD_BLAS}" CPW_BUILD_CUDA=$<BOOL:${CPW_BUILD_CUDA}> CPW_BUILD_METAL=$<BOOL:${CPW_BUILD_METAL}>)
target_link_libraries(cpw_addon PRIVATE cpw_warnings cpw_dep_node_api cpw_media cpw_silero cpw_whisper cpw_ctranslate2 cpw_probe)
if(APPLE)
  target_link_options(cpw_addon PRIVATE -undefined dynamic_lookup)
else()
  # Two names leave the addon; no symbol of an upstream library can meet another copy in the process.
  target_link_options(cpw_addon PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections
    "-Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/native/binding/exports.map")
  set_target_properties(cpw_addon PROPERTIES LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/binding/exports.map")
  if(NOT CPW_BUILD_SANITIZE)
    target_link_options(cpw_addon PRIVATE -s)
  endif()
endif()
