#include "pictures/encode_jpeg.hpp"

#include "assert.hpp"
#include "pictures/guarded.hpp"
#include "pictures/jpeg.hpp"

#include <cstdlib>
#include <new>

namespace blog::pictures {
namespace {

constexpr int quality = 85;

class JpegWriter {
public:
    JpegWriter() { target_.err = &errors_.manager; }
    JpegWriter(JpegWriter const&) = delete;
    JpegWriter& operator=(JpegWriter const&) = delete;
    ~JpegWriter() {
        jpeg_destroy_compress(&target_);
        std::free(bytes_);
    }

    bool write(Square const& square) {
        return guarded(errors_.where, [&] {
            jpeg_create_compress(&target_);
            jpeg_mem_dest(&target_, &bytes_, &size_);
            target_.image_width = target_.image_height = square_side;
            target_.input_components = 3;
            target_.in_color_space = JCS_RGB;
            jpeg_set_defaults(&target_);
            jpeg_set_quality(&target_, quality, TRUE);
            target_.optimize_coding = TRUE;
            jpeg_start_compress(&target_, TRUE);
            while (target_.next_scanline < square_side) {
                // libjpeg does not write to its input, whatever the type says.
                auto* row = const_cast<JSAMPLE*>(square.data()) +
                            std::size_t{target_.next_scanline} * square_side * 3;
                jpeg_write_scanlines(&target_, &row, 1);
            }
            jpeg_finish_compress(&target_);
        });
    }
    std::string bytes() const { return {reinterpret_cast<char const*>(bytes_), size_}; }

private:
    JpegErrors errors_;
    jpeg_compress_struct target_{};  // all zero is a state that can be destroyed
    unsigned char* bytes_ = nullptr;
    unsigned long size_ = 0;
};

}  // namespace

std::string encode_jpeg(Square const& square) {
    BLOG_ASSERT(square.size() == std::size_t{square_side} * square_side * 3);
    JpegWriter writer;
    if (!writer.write(square)) throw std::bad_alloc();  // nothing else can go wrong
    return writer.bytes();
}

}  // namespace blog::pictures
