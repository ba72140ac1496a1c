# Libraries of the distribution; tools/bootstrap installs their packages.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LAPACK REQUIRED IMPORTED_TARGET lapack)
pkg_check_modules(SLEEF REQUIRED IMPORTED_TARGET sleef)

# Readers and hashes go in as archives where there are any: to bind their shared objects, every
# symbol of them at each start, costs more than many a fit.
set(suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
set(CMAKE_FIND_LIBRARY_SUFFIXES ${CMAKE_STATIC_LIBRARY_SUFFIX} ${suffixes})
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(JSONC REQUIRED IMPORTED_TARGET json-c)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(NETTLE REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
set(CMAKE_FIND_LIBRARY_SUFFIXES ${suffixes})
if(FORESCALE_MPI)
  find_package(MPI REQUIRED COMPONENTS C)
endif()
