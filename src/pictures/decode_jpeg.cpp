#include "pictures/decode.hpp"
#include "pictures/guarded.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/orientation.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace blog::pictures {
namespace {

// A progressive file may have any number of scans, and each costs a walk over the whole picture.
constexpr int scans_max = 100;
constexpr int exif_marker = JPEG_APP0 + 1;
constexpr unsigned marker_bytes_max = 0xffff;

void limit_scans(j_common_ptr cinfo) {
    auto const& source = *reinterpret_cast<j_decompress_ptr>(cinfo);
    if (source.input_scan_number > scans_max) cinfo->err->error_exit(cinfo);
}

class JpegReader {
public:
    JpegReader() {
        source_.err = &errors_.manager;
        errors_.damage_is_error = true;
        progress_.progress_monitor = limit_scans;
    }
    JpegReader(JpegReader const&) = delete;
    JpegReader& operator=(JpegReader const&) = delete;
    ~JpegReader() { jpeg_destroy_decompress(&source_); }

    bool read_header(std::string_view file);
    bool start(std::uint32_t side_wanted);
    bool read_rows(Thumbnail& thumbnail);
    bool finish();
    Orientation orientation() const noexcept;

    std::uint32_t width() const noexcept { return source_.image_width; }
    std::uint32_t height() const noexcept { return source_.image_height; }
    std::uint32_t output_width() const noexcept { return source_.output_width; }
    std::uint32_t output_height() const noexcept { return source_.output_height; }

private:
    void inks_to_rgb() noexcept;

    JpegErrors errors_;
    jpeg_progress_mgr progress_{};
    jpeg_decompress_struct source_{};  // all zero is a state that can be destroyed
    std::vector<std::uint8_t> row_;
};

bool JpegReader::read_header(std::string_view file) {
    auto const* const bytes = reinterpret_cast<unsigned char const*>(file.data());
    return guarded(errors_.where, [&] {
        jpeg_create_decompress(&source_);
        source_.progress = &progress_;
        jpeg_mem_src(&source_, bytes, file.size());
        jpeg_save_markers(&source_, exif_marker, marker_bytes_max);
        jpeg_read_header(&source_, TRUE);
    });
}

// Lets libjpeg shrink by eighths while it decodes, as long as the filter has `side_wanted` to work
// with.
bool JpegReader::start(std::uint32_t side_wanted) {
    auto const side = std::uint64_t{std::min(width(), height())};
    unsigned eighths = 1;
    while (eighths < 8 && side * eighths / 8 < side_wanted)
        ++eighths;
    bool const started = guarded(errors_.where, [&] {
        bool const inks = source_.num_components == 4;
        source_.out_color_space = inks ? JCS_CMYK : JCS_RGB;
        source_.scale_num = eighths;
        source_.scale_denom = 8;
        jpeg_start_decompress(&source_);
    });
    if (started)
        row_.resize(source_.output_width * static_cast<std::size_t>(source_.output_components));
    return started;
}

// Files with four inks hold them inverted (0 is full ink): Adobe began it, everybody followed.
void JpegReader::inks_to_rgb() noexcept {
    for (std::size_t i = 0; i < source_.output_width; ++i) {
        auto const* const inks = row_.data() + i * 4;
        unsigned const black = inks[3];
        for (std::size_t c = 0; c < 3; ++c)
            row_[i * 3 + c] = static_cast<std::uint8_t>((inks[c] * black + 127) / 255);
    }
}

bool JpegReader::read_rows(Thumbnail& thumbnail) {
    auto* row = row_.data();
    while (source_.output_scanline < source_.output_height) {
        auto const before = source_.output_scanline;
        if (!guarded(errors_.where, [&] { jpeg_read_scanlines(&source_, &row, 1); })) return false;
        if (source_.output_scanline == before) return false;
        if (source_.output_components == 4) inks_to_rgb();
        thumbnail.add_row(std::span(row_).first(std::size_t{source_.output_width} * 3));
    }
    return true;
}

bool JpegReader::finish() {
    return guarded(errors_.where, [&] { jpeg_finish_decompress(&source_); });
}

Orientation JpegReader::orientation() const noexcept {
    for (auto const* marker = source_.marker_list; marker != nullptr; marker = marker->next) {
        if (marker->marker != exif_marker) continue;
        std::string_view const data(reinterpret_cast<char const*>(marker->data),
                                    marker->data_length);
        if (data.starts_with("Exif")) return exif_orientation(data);
    }
    return upright;
}

}  // namespace

std::optional<Square> decode_jpeg(std::string_view file, PixelLimits const& limits) {
    JpegReader reader;
    if (!reader.read_header(file)) return std::nullopt;
    if (!limits.allow(reader.width(), reader.height())) return std::nullopt;
    if (!reader.start(2 * square_side)) return std::nullopt;
    Thumbnail thumbnail(reader.output_width(), reader.output_height());
    if (!reader.read_rows(thumbnail)) return std::nullopt;
    auto const orientation = reader.orientation();  // finish() lets the markers go
    if (!reader.finish()) return std::nullopt;
    return turned(thumbnail.finish(), orientation);
}

}  // namespace blog::pictures
