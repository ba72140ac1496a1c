# `make install`: program, library, header, pkg-config file, and the manual pages when built.
install(TARGETS forescale forescale_static)
if(FORESCALE_MPI)
  install(TARGETS forescale-mpi forescale_mpi_static)
endif()
install(FILES ${PROJECT_SOURCE_DIR}/include/forescale.h TYPE INCLUDE)

file(RELATIVE_PATH PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/forescale.pc.in forescale.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/forescale.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES ${PROJECT_SOURCE_DIR}/build/docs/forescale.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        OPTIONAL)
