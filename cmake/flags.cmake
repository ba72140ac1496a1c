# One set of flags for every target. Warnings are errors; no fast-math and no contraction, so that
# the same build gives the same bits whatever the vector width of the machine.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
  -Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes
  -Wwrite-strings -Wvla -Wundef -Wformat=2
  -ffp-contract=off -fno-math-errno)

# Tables of pointers are relocated at each start; packed, that costs a few pages less to read.
include(CheckLinkerFlag)
check_linker_flag(C LINKER:-z,pack-relative-relocs FORESCALE_PACKED_RELOCATIONS)
if(FORESCALE_PACKED_RELOCATIONS)
  add_link_options(LINKER:-z,pack-relative-relocs)
endif()
