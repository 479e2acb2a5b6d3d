#include "pictures/decode.hpp"
#include "pictures/flatten.hpp"
#include "pictures/guarded.hpp"
#include "pictures/orientation.hpp"

#include <cstdint>
#include <cstring>
#include <png.h>
#include <vector>

namespace blog::pictures {
namespace {

class PngReader {
public:
    PngReader(std::string_view file, PixelLimits const& limits) : rest_(file), limits_(limits) {}
    PngReader(PngReader const&) = delete;
    PngReader& operator=(PngReader const&) = delete;
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

    bool read_header();
    bool read_rows(Thumbnail& thumbnail);
    bool finish();
    Orientation orientation();

    std::uint32_t width() const noexcept { return width_; }
    std::uint32_t height() const noexcept { return height_; }

private:
    static void fail(png_structp png, char const*);
    static void ignore(png_structp, char const*) {}
    static void read(png_structp png, png_bytep out, std::size_t size);
    bool read_row(std::uint8_t* row) {
        return guarded(where_, [&] { png_read_row(png_, row, nullptr); });
    }
    void give(std::uint8_t* row, Thumbnail& thumbnail) const;

    std::string_view rest_;  // not read yet
    PixelLimits const limits_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    std::jmp_buf where_{};
    std::uint32_t width_ = 0, height_ = 0;
    std::size_t channels_ = 0;  // 3 or 4
    int passes_ = 0;
};

void PngReader::fail(png_structp png, char const*) {
    std::longjmp(static_cast<PngReader*>(png_get_error_ptr(png))->where_, 1);
}

void PngReader::read(png_structp png, png_bytep out, std::size_t size) {
    auto& rest = static_cast<PngReader*>(png_get_io_ptr(png))->rest_;
    if (size > rest.size()) png_error(png, "");
    std::memcpy(out, rest.data(), size);
    rest.remove_prefix(size);
}

// Up to the first pixel, with every kind of PNG made eight bits of red, green, blue and perhaps
// alpha.
bool PngReader::read_header() {
    return guarded(where_, [&] {
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, fail, ignore);
        if (png_ == nullptr) std::longjmp(where_, 1);
        info_ = png_create_info_struct(png_);
        if (info_ == nullptr) std::longjmp(where_, 1);
        png_set_user_limits(png_, limits_.side_max, limits_.side_max);
        png_set_read_fn(png_, this, read);
        png_read_info(png_, info_);
        width_ = png_get_image_width(png_, info_);
        height_ = png_get_image_height(png_, info_);
        png_set_expand(png_);
        png_set_scale_16(png_);
        png_set_gray_to_rgb(png_);
        passes_ = png_set_interlace_handling(png_);
    });
}

void PngReader::give(std::uint8_t* row, Thumbnail& thumbnail) const {
    if (channels_ == 4)
        for (std::size_t i = 0; i < width_; ++i)
            for (std::size_t c = 0; c < 3; ++c)
                row[i * 3 + c] = on_white(row[i * 4 + c], row[i * 4 + 3]);
    thumbnail.add_row(std::span(row, std::size_t{width_} * 3));
}

bool PngReader::read_rows(Thumbnail& thumbnail) {
    if (!guarded(where_, [&] {
            png_read_update_info(png_, info_);
            channels_ = png_get_channels(png_, info_);
        }))
        return false;
    auto const row_bytes = width_ * channels_;
    // The passes of an interlaced picture each add pixels to every row.
    std::vector<std::uint8_t> rows(row_bytes * (passes_ > 1 ? height_ : 1));
    for (int pass = 1; pass < passes_; ++pass)
        for (std::size_t y = 0; y < height_; ++y)
            if (!read_row(rows.data() + y * row_bytes)) return false;
    for (std::size_t y = 0; y < height_; ++y) {
        auto* const row = rows.data() + (passes_ > 1 ? y * row_bytes : 0);
        if (!read_row(row)) return false;
        give(row, thumbnail);
    }
    return true;
}

bool PngReader::finish() {
    return guarded(where_, [&] { png_read_end(png_, info_); });
}

Orientation PngReader::orientation() {
    png_uint_32 size = 0;
    png_bytep exif = nullptr;
    bool const read = guarded(where_, [&] { png_get_eXIf_1(png_, info_, &size, &exif); });
    if (!read || exif == nullptr) return upright;
    return exif_orientation({reinterpret_cast<char const*>(exif), size});
}

}  // namespace

std::optional<Square> decode_png(std::string_view file, PixelLimits const& limits) {
    PngReader reader(file, limits);
    if (!reader.read_header()) return std::nullopt;
    if (!limits.allow(reader.width(), reader.height())) return std::nullopt;
    Thumbnail thumbnail(reader.width(), reader.height());
    if (!reader.read_rows(thumbnail) || !reader.finish()) return std::nullopt;
    return turned(thumbnail.finish(), reader.orientation());
}

}  // namespace blog::pictures
