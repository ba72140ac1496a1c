# Writes the text files of a folder into one C file, each as a string:
#   cmake -DFOLDER=<dir> -DPATTERN=<glob> -DNAME=<symbol> -DOUT=<file.c> -P embed.cmake
file(GLOB files LIST_DIRECTORIES false RELATIVE ${FOLDER} ${FOLDER}/${PATTERN})
list(SORT files)

set(arrays "")
set(table "")
set(count 0)
foreach(file ${files})
  file(READ ${FOLDER}/${file} text)
  file(SIZE ${FOLDER}/${file} size)
  string(LENGTH "${text}" length)
  if(NOT length EQUAL size OR text MATCHES "\r|\\?\\?")
    message(FATAL_ERROR "${file}: a file inside the program is plain text: no NUL, CR or trigraph")
  endif()
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n\"" text "${text}")
  string(APPEND arrays "static const unsigned char file_${count}[] =\n\"${text}\";\n")
  string(APPEND table "    {\"${file}\", file_${count}, sizeof file_${count} - 1},\n")
  math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${OUT} "/* Written by cmake/embed.cmake. */
#include \"base/embedded.h\"

${arrays}
const fsci_embedded ${NAME}[] = {
${table}    {0, 0, 0}};
")
