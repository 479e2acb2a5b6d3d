# Run by the build: cmake -DLIST=rows -DOUT=folder -P embed_assets.cmake. Every row is "path file",
# and the rows are sorted; a blank sorts before every letter of a path, so the paths are sorted too.
# Writes asset_bytes.S, which holds the files' bytes, and asset_table.cpp, which describes them.
file(STRINGS ${LIST} rows)

set(bytes ".section .rodata\n")
set(table "")
set(labels "")
set(count 0)
foreach(row IN LISTS rows)
    string(REGEX MATCH "^([^ ]+) (.+)$" matched "${row}")
    set(path "${CMAKE_MATCH_1}")
    set(file "${CMAKE_MATCH_2}")
    file(SHA256 "${file}" sha256)
    file(SIZE "${file}" size)
    set(label blog_asset_${count})
    string(APPEND bytes ".global ${label}\n.balign 16\n${label}:\n.incbin \"${file}\"\n")
    string(APPEND labels "extern \"C\" char const ${label}[];\n")
    string(APPEND table "    {\"${path}\", {${label}, ${size}}, \"${sha256}\"},\n")
    math(EXPR count "${count} + 1")
endforeach()
string(APPEND bytes ".section .note.GNU-stack,\"\",%progbits\n")

file(WRITE ${OUT}/asset_bytes.S "${bytes}")
file(WRITE ${OUT}/asset_table.cpp "// Written by cmake/embed_assets.cmake.
#include \"assets.hpp\"

#include <array>

${labels}
namespace blog {
namespace {

constinit std::array<Asset, ${count}> const table{{
${table}}};

}  // namespace

std::span<Asset const> assets() noexcept { return table; }

}  // namespace blog
")
