# Upstream libraries are built once, into a cache outside the checkout. A folder's name carries a
# hash of everything that shapes its content (lock, patches, flags, compiler, this recipe), so a
# second clone links against it at once and a changed patch never meets an old library.

if(DEFINED ENV{CPW_BUILD_CACHE})
  set(_cpw_cache_default "$ENV{CPW_BUILD_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(_cpw_cache_default "$ENV{XDG_CACHE_HOME}/cpw-native/build")
else()
  set(_cpw_cache_default "$ENV{HOME}/.cache/cpw-native/build")
endif()
set(CPW_BUILD_CACHE "${_cpw_cache_default}" CACHE PATH "Folder of built dependencies and their sources")
set(CPW_BUILD_RECIPE 3) # raised when the code below changes what it makes

cmake_host_system_information(RESULT CPW_BUILD_JOBS QUERY NUMBER_OF_LOGICAL_CORES)

set(CPW_BUILD_TOOLCHAIN_KEY
  "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}-${CMAKE_CXX_COMPILER_ID}-${CMAKE_CXX_COMPILER_VERSION}-${CMAKE_CXX_COMPILER}-${CMAKE_TOOLCHAIN_FILE}-${CMAKE_OSX_DEPLOYMENT_TARGET}")

# cpw_run(<what> <log> COMMAND ...): runs a step, keeps its output, shows the end of it on failure.
function(cpw_run what log)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "" "WORKING_DIRECTORY" "COMMAND")
  if(NOT ARG_WORKING_DIRECTORY)
    set(ARG_WORKING_DIRECTORY "${CPW_BUILD_CACHE}")
  endif()
  execute_process(COMMAND ${ARG_COMMAND} WORKING_DIRECTORY "${ARG_WORKING_DIRECTORY}"
    OUTPUT_FILE "${log}" ERROR_FILE "${log}" RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    file(READ "${log}" output)
    string(LENGTH "${output}" length)
    if(length GREATER 6000)
      math(EXPR begin "${length} - 6000")
      string(SUBSTRING "${output}" ${begin} -1 output)
    endif()
    message(FATAL_ERROR "${what} failed (status ${status}). The end of ${log}:\n${output}\n"
      "Next step: mend what the lines above name, then run the same command again; finished parts are kept.")
  endif()
endfunction()

# The hash of a folder's content, for sources given by path, which no lock describes.
function(cpw_hash_folder folder out)
  file(GLOB_RECURSE files LIST_DIRECTORIES false "${folder}/*")
  list(FILTER files EXCLUDE REGEX "/(\\.git|build)/")
  set(all "")
  foreach(file IN LISTS files)
    file(SHA256 "${file}" hash)
    string(APPEND all "${file}${hash}")
  endforeach()
  string(SHA256 hash "${all}")
  set(${out} "${hash}" PARENT_SCOPE)
endfunction()

# Copies <source> to <destination> and applies native/third_party/patches/<name>/*.patch in order.
function(cpw_patched_copy name source destination log)
  file(COPY "${source}/" DESTINATION "${destination}"
    PATTERN "cutlass" EXCLUDE PATTERN "thrust" EXCLUDE PATTERN ".git" EXCLUDE)
  file(GLOB patches "${CMAKE_CURRENT_SOURCE_DIR}/native/third_party/patches/${name}/*.patch")
  list(SORT patches)
  foreach(patch IN LISTS patches)
    get_filename_component(patch_name "${patch}" NAME)
    message(STATUS "  ${name}: applying ${patch_name}")
    cpw_run("Applying ${patch_name} to ${name}" "${log}"
      COMMAND patch --batch --forward -p1 -i "${patch}" WORKING_DIRECTORY "${destination}")
  endforeach()
endfunction()

# cpw_cached_build(<name> SOURCE <dir> LOCK <key text> ABOUT <words> TARGETS <t...>
#   KEEP <folders...> ARGS <cmake -D...>)
# sets <name>_PREFIX: lib/ with every static library of the build, and the folders of KEEP.
function(cpw_cached_build name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "SOURCE;LOCK;ABOUT" "TARGETS;KEEP;ARGS")
  # A patch that is added, changed or removed makes another library: the next build configures anew.
  file(GLOB patches CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/native/third_party/patches/${name}/*.patch")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patches})
  set(key "${CPW_BUILD_RECIPE}|${CPW_BUILD_TOOLCHAIN_KEY}|${ARG_LOCK}|${ARG_ARGS}|${ARG_TARGETS}|${ARG_KEEP}")
  list(SORT patches)
  foreach(patch IN LISTS patches)
    file(SHA256 "${patch}" hash)
    string(APPEND key "|${hash}")
  endforeach()
  string(SHA256 hash "${key}")
  string(SUBSTRING "${hash}" 0 16 hash)
  set(prefix "${CPW_BUILD_CACHE}/${name}-${hash}")
  set(${name}_PREFIX "${prefix}" PARENT_SCOPE)

  file(MAKE_DIRECTORY "${CPW_BUILD_CACHE}")
  # Two builds at once: the second waits, then finds the work done.
  file(LOCK "${CPW_BUILD_CACHE}/${name}-${hash}.lock" GUARD FUNCTION TIMEOUT 3600)
  if(EXISTS "${prefix}/.complete")
    message(STATUS "${name}: from the cache (${prefix})")
    return()
  endif()

  message(STATUS "${name}: building ${ARG_ABOUT}")
  set(work "${CPW_BUILD_CACHE}/work-${name}-${hash}")
  set(log "${CPW_BUILD_CACHE}/${name}-${hash}.log")
  file(REMOVE_RECURSE "${work}" "${prefix}")
  cpw_patched_copy(${name} "${ARG_SOURCE}" "${work}/source" "${log}")
  set(toolchain "")
  foreach(variable CMAKE_TOOLCHAIN_FILE CMAKE_OSX_DEPLOYMENT_TARGET CMAKE_OSX_ARCHITECTURES CMAKE_CUDA_ARCHITECTURES)
    if(${variable})
      list(APPEND toolchain "-D${variable}=${${variable}}")
    endif()
  endforeach()
  cpw_run("Configuring ${name}" "${log}" COMMAND "${CMAKE_COMMAND}" -G "${CMAKE_GENERATOR}"
    -S "${work}/source" -B "${work}/build" "-DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}"
    "-DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}" -DCMAKE_POSITION_INDEPENDENT_CODE=ON
    -DCMAKE_CXX_VISIBILITY_PRESET=hidden -DCMAKE_C_VISIBILITY_PRESET=hidden
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF "-DCMAKE_INSTALL_PREFIX=${prefix}.part"
    ${toolchain} ${ARG_ARGS})
  cpw_run("Building ${name}" "${log}"
    COMMAND "${CMAKE_COMMAND}" --build "${work}/build" --parallel ${CPW_BUILD_JOBS} --target ${ARG_TARGETS})
  file(REMOVE_RECURSE "${prefix}.part")
  file(GLOB_RECURSE libraries "${work}/build/*.a")
  file(COPY ${libraries} DESTINATION "${prefix}.part/lib")
  file(GLOB generated "${work}/build/*_export.h")
  if(generated)
    file(COPY ${generated} DESTINATION "${prefix}.part/include")
  endif()
  file(GLOB licences "${work}/source/LICENSE*")
  file(COPY ${licences} DESTINATION "${prefix}.part")
  foreach(folder IN LISTS ARG_KEEP)
    file(COPY "${work}/source/${folder}/" DESTINATION "${prefix}.part/${folder}")
  endforeach()
  file(REMOVE_RECURSE "${work}")
  file(RENAME "${prefix}.part" "${prefix}")
  file(WRITE "${prefix}/.complete" "${key}\n")
endfunction()
