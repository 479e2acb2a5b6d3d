#include "pictures/jpeg.hpp"

#include <jerror.h>

namespace blog::pictures {
namespace {

JpegErrors& errors_of(j_common_ptr cinfo) noexcept {
    return *reinterpret_cast<JpegErrors*>(cinfo->err);
}

void leave(j_common_ptr cinfo) {
    std::longjmp(errors_of(cinfo).where, 1);
}

// Warnings of files that are whole all the same; cameras write such.
bool is_harmless(int code) noexcept {
    switch (code) {
        case JWRN_ADOBE_XFORM:
        case JWRN_EXTRANEOUS_DATA:
        case JWRN_JFIF_MAJOR:
        case JWRN_TOO_MUCH_DATA:
            return true;
        default:
            return false;
    }
}

void emit(j_common_ptr cinfo, int level) {
    bool const is_warning = level < 0;
    if (is_warning && errors_of(cinfo).damage_is_error && !is_harmless(cinfo->err->msg_code))
        leave(cinfo);
}

void say_nothing(j_common_ptr) {}

}  // namespace

JpegErrors::JpegErrors() noexcept {
    jpeg_std_error(&manager);
    manager.error_exit = leave;
    manager.emit_message = emit;
    manager.output_message = say_nothing;
}

}  // namespace blog::pictures
