add_library(cpw_warnings INTERFACE)
target_compile_options(cpw_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Woverloaded-virtual)
