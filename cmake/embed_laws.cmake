# Writes every laws/*.yaml into one C file:  cmake -DLAWS=<dir> -DOUT=<file.c> -P embed_laws.cmake
file(GLOB files LIST_DIRECTORIES false RELATIVE ${LAWS} ${LAWS}/*.yaml)
list(SORT files)

set(arrays "")
set(table "")
set(count 0)
foreach(file ${files})
  file(READ ${LAWS}/${file} text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
  string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))" "\\1\n" text "${text}")
  string(APPEND arrays "static const unsigned char law_${count}[] = {\n${text}0};\n")
  string(APPEND table "    {\"${file}\", law_${count}, sizeof law_${count} - 1},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUT} "/* Written by cmake/embed_laws.cmake from laws/. */
#include \"law/embedded.h\"

${arrays}
const fsci_embedded_law fsci_embedded_laws[] = {
${table}    {0, 0, 0}};
const size_t fsci_n_embedded_laws = ${count};
")
