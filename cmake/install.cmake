# `make install`: program, library, header, pkg-config file, and the manual pages when built.
if(TARGET forescale)
  install(TARGETS forescale)
endif()
install(TARGETS forescale_static)
install(FILES ${PROJECT_SOURCE_DIR}/include/forescale.h TYPE INCLUDE)

file(RELATIVE_PATH PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/forescale.pc.in forescale.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/forescale.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES ${PROJECT_SOURCE_DIR}/build/docs/forescale.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
        OPTIONAL)
