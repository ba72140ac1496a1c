# Writes the files of a folder into one C file:
#   cmake -DFOLDER=<dir> -DPATTERN=<glob> -DNAME=<symbol> -DOUT=<file.c> -P embed.cmake
file(GLOB files LIST_DIRECTORIES false RELATIVE ${FOLDER} ${FOLDER}/${PATTERN})
list(SORT files)

set(arrays "")
set(table "")
set(count 0)
foreach(file ${files})
  file(READ ${FOLDER}/${file} text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
  string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" text "${text}")
  string(APPEND arrays "static const unsigned char file_${count}[] = {\n${text}0};\n")
  string(APPEND table "    {\"${file}\", file_${count}, sizeof file_${count} - 1},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUT} "/* Written by cmake/embed.cmake. */
#include \"base/embedded.h\"

${arrays}
const fsci_embedded ${NAME}[] = {
${table}    {0, 0, 0}};
")
