# The compiler of the shipped x64 Linux binary. scripts/zig.mjs copies this file into the build cache,
# beside bin/ with the wrapper scripts, into a folder named by a hash of all of it: the path of the
# toolchain file is part of every cached dependency's key.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64) # CTranslate2 and ggml choose their kernels by it
set(CMAKE_C_COMPILER "${CMAKE_CURRENT_LIST_DIR}/bin/cc")
set(CMAKE_CXX_COMPILER "${CMAKE_CURRENT_LIST_DIR}/bin/c++")
set(CMAKE_AR "${CMAKE_CURRENT_LIST_DIR}/bin/ar" CACHE FILEPATH "")
set(CMAKE_RANLIB "${CMAKE_CURRENT_LIST_DIR}/bin/ranlib" CACHE FILEPATH "")

# zig turns -O3 into -O2 and writes debug information unless told not to. clang fuses a multiplication
# and an addition of intrinsics only when told to, g++ always: without it CTranslate2's softmax makes
# the encoder 6 % slower. Frame pointers are zig's default, g++'s not.
set(_flags "-g0 -Xclang -O3 -ffp-contract=fast -fomit-frame-pointer")
set(CMAKE_C_FLAGS_INIT "${_flags}")
set(CMAKE_CXX_FLAGS_INIT "${_flags}")
