# Node-API headers from npm (node-api-headers, node-addon-api): nothing is downloaded from Node's own
# site, and one binary serves every Node version from the one below.
set(CPW_NAPI_VERSION 9)
set(_headers "${CMAKE_CURRENT_SOURCE_DIR}/node_modules/node-api-headers/include")
set(_addon_api "${CMAKE_CURRENT_SOURCE_DIR}/node_modules/node-addon-api")
if(NOT EXISTS "${_headers}/node_api.h" OR NOT EXISTS "${_addon_api}/napi.h")
  message(FATAL_ERROR "Node-API headers are missing. Next step: run npm ci.")
endif()
add_library(cpw_dep_node_api INTERFACE)
target_include_directories(cpw_dep_node_api SYSTEM INTERFACE "${_headers}" "${_addon_api}")
target_compile_definitions(cpw_dep_node_api INTERFACE NAPI_VERSION=${CPW_NAPI_VERSION} NAPI_CPP_EXCEPTIONS
  NODE_ADDON_API_DISABLE_DEPRECATED)
