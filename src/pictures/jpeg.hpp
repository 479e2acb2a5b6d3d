#pragma once
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs it
#include <jpeglib.h>

namespace blog::pictures {

// libjpeg's errors as a jump to `where`; nothing is printed and nothing exits. With
// `damage_is_error` so are the warnings that say that data is missing or wrong, where libjpeg would
// go on with grey.
struct JpegErrors {
    jpeg_error_mgr manager{};  // first: libjpeg hands out a pointer to it
    std::jmp_buf where{};
    bool damage_is_error = false;

    JpegErrors() noexcept;
};

}  // namespace blog::pictures
