# blog_layer(NAME SOURCES ... USES ...): one folder of src as a static library.
function(blog_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRIVATE" ${ARGN})
    add_library(blog_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(blog_${name} PUBLIC blog_options ${ARG_USES} PRIVATE ${ARG_PRIVATE})
endfunction()

# blog_test(NAME SOURCES ... USES ... LABEL unit|socket|slow): one Boost.Test program and its CTest
# entry. `unit` touches no socket and no disk.
function(blog_test name)
    cmake_parse_arguments(ARG "" "LABEL" "SOURCES;USES" ${ARGN})
    add_executable(test_${name} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/main.cpp)
    target_compile_definitions(test_${name} PRIVATE BOOST_TEST_DYN_LINK
        BLOG_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" BLOG_SOURCE="${PROJECT_SOURCE_DIR}")
    target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(test_${name} PRIVATE
        blog_options ${ARG_USES} Boost::unit_test_framework blog_test_options)
    add_test(NAME ${name} COMMAND test_${name} --log_level=warning --color_output=no)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT 300)
endfunction()
