# blog_options: what every target of ours is compiled with.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS program_options)
find_package(CURL 7.87 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(ICU 72 REQUIRED COMPONENTS uc)
find_package(ZLIB REQUIRED)
find_library(BROTLIENC brotlienc REQUIRED)
find_library(XXHASH xxhash REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(GIF 5 REQUIRED)
find_library(WEBP webp REQUIRED)
find_library(WEBPDEMUX webpdemux REQUIRED)
find_library(SECCOMP seccomp REQUIRED)
find_library(SODIUM sodium REQUIRED)
find_library(ZXCVBN zxcvbn REQUIRED)
find_path(RAPIDJSON_INCLUDE rapidjson/reader.h REQUIRED)

add_library(blog_options INTERFACE)
target_compile_features(blog_options INTERFACE cxx_std_20)
target_compile_options(blog_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
    -Wold-style-cast -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms of g++ 12: in the standard library (GCC bugs 105329, 105562), and where it inlines
    # the release of an Asio coroutine's frame.
    target_compile_options(blog_options INTERFACE
        -Wno-restrict -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()
target_include_directories(blog_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_include_directories(blog_options SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
# One value for the whole program: a mismatch between two files would break the one-definition rule.
target_compile_definitions(blog_options INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8)
target_link_libraries(blog_options INTERFACE Threads::Threads)

if(BLOGD_SANITIZE)
    target_compile_options(blog_options INTERFACE
        -fsanitize=${BLOGD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(blog_options INTERFACE -fsanitize=${BLOGD_SANITIZE})
    if(BLOGD_SANITIZE MATCHES "thread")
        # TSan does not model fences; Asio uses them only around counters that are atomic anyway.
        target_compile_options(blog_options INTERFACE -Wno-tsan)
    endif()
endif()
# Boost.Test's macros are not ours to clean. Linked last, so that these come after blog_options.
add_library(blog_test_options INTERFACE)
target_compile_options(blog_test_options INTERFACE -fno-lto
    -Wno-old-style-cast -Wno-conversion -Wno-sign-conversion -Wno-sign-compare)

if(BLOGD_LTO)
    # Fat objects: blogd is linked with them as a whole (src/CMakeLists.txt), the tests link the
    # ordinary code in them, which takes seconds.
    target_compile_options(blog_options INTERFACE -flto=auto -ffat-lto-objects)
    target_link_options(blog_test_options INTERFACE -fno-lto)
endif()
