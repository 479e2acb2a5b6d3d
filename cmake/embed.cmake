# blog_assets: the files that the binary carries (src/assets.hpp). The bytes go through the
# assembler's .incbin, so megabytes cost no compile time. A changed file is hashed and assembled
# again by the build; a new or removed one is noticed because every build checks the glob.
include(npm_assets)

function(blog_embed_target)
    set(rows "")
    foreach(folder templates static demo)
        file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/www
             ${PROJECT_SOURCE_DIR}/www/${folder}/*)
        # Hidden files and editors' backups are not part of the site.
        list(FILTER files EXCLUDE REGEX "(^|/)\\.|~$")
        foreach(file IN LISTS files)
            if(NOT file MATCHES "^[A-Za-z0-9._/-]+$")
                message(FATAL_ERROR
                    "www/${file}: names in www use letters, digits, '.', '_' and '-'")
            endif()
            list(APPEND rows "${file} ${PROJECT_SOURCE_DIR}/www/${file}")
        endforeach()
    endforeach()
    npm_assets(vendor)
    list(APPEND rows ${vendor})
    list(SORT rows)

    set(sources "")
    foreach(row IN LISTS rows)
        string(REGEX REPLACE "^[^ ]* " "" source "${row}")
        list(APPEND sources "${source}")
    endforeach()

    set(folder ${CMAKE_CURRENT_BINARY_DIR}/assets)
    set(list_file ${folder}/assets.list)
    list(JOIN rows "\n" text)
    file(CONFIGURE OUTPUT ${list_file} CONTENT "@text@\n" @ONLY)
    add_custom_command(
        OUTPUT ${folder}/asset_bytes.S ${folder}/asset_table.cpp
        COMMAND ${CMAKE_COMMAND} -DLIST=${list_file} -DOUT=${folder}
                -P ${PROJECT_SOURCE_DIR}/cmake/embed_assets.cmake
        DEPENDS ${sources} ${list_file} ${PROJECT_SOURCE_DIR}/cmake/embed_assets.cmake
        COMMENT "Embedding the files of www" VERBATIM)

    # Apart, because the warnings of blog_options are none of the assembler's.
    add_library(blog_asset_bytes OBJECT ${folder}/asset_bytes.S)
    add_library(blog_assets STATIC
        assets.cpp ${folder}/asset_table.cpp $<TARGET_OBJECTS:blog_asset_bytes>)
    target_link_libraries(blog_assets PUBLIC blog_options)
endfunction()
