#include "pictures/decode.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <gif_lib.h>
#include <vector>

namespace blog::pictures {
namespace {

constexpr std::uint8_t white = 255;

// Lengths in the file have 16 bits, so none is negative.
constexpr std::uint32_t length(GifWord pixels) noexcept {
    return static_cast<std::uint32_t>(pixels);
}

class GifReader {
public:
    explicit GifReader(std::string_view file) : rest_(file) {
        int error = 0;
        gif_ = DGifOpen(this, read, &error);
    }
    GifReader(GifReader const&) = delete;
    GifReader& operator=(GifReader const&) = delete;
    ~GifReader() {
        if (gif_ != nullptr) DGifCloseFile(gif_, nullptr);
    }

    bool find_first_frame();
    bool read_frame();
    Square square() const;
    bool fits(PixelLimits const& limits) const noexcept {
        return limits.allow(width(), height()) &&
               limits.allow(length(frame().Width), length(frame().Height));
    }

private:
    struct Colour {
        std::uint8_t red = 0, green = 0, blue = 0;
    };

    static int read(GifFileType* gif, GifByteType* out, int size);
    bool read_extension();
    bool read_colours();
    GifImageDesc const& frame() const noexcept { return gif_->Image; }
    // The screen; some files have none, and then the frame is the picture.
    std::uint32_t width() const noexcept {
        return length(gif_->SWidth > 0 ? gif_->SWidth : frame().Width);
    }
    std::uint32_t height() const noexcept {
        return length(gif_->SHeight > 0 ? gif_->SHeight : frame().Height);
    }

    std::string_view rest_;  // not read yet
    GifFileType* gif_ = nullptr;
    int transparent_ = NO_TRANSPARENT_COLOR;
    std::array<Colour, 256> colours_;
    std::vector<GifPixelType> pixels_;  // of the frame, row after row
};

int GifReader::read(GifFileType* gif, GifByteType* out, int size) {
    auto& rest = static_cast<GifReader*>(gif->UserData)->rest_;
    auto const taken = std::min(static_cast<std::size_t>(std::max(size, 0)), rest.size());
    if (taken > 0) std::memcpy(out, rest.data(), taken);
    rest.remove_prefix(taken);
    return static_cast<int>(taken);
}

bool GifReader::read_extension() {
    int code = 0;
    GifByteType* block = nullptr;  // a length and as many bytes
    if (DGifGetExtension(gif_, &code, &block) == GIF_ERROR) return false;
    while (block != nullptr) {
        GraphicsControlBlock control;
        if (code == GRAPHICS_EXT_FUNC_CODE &&
            DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
            transparent_ = control.TransparentColor;
        if (DGifGetExtensionNext(gif_, &block) == GIF_ERROR) return false;
    }
    return true;
}

bool GifReader::find_first_frame() {
    if (gif_ == nullptr) return false;
    for (;;) {
        GifRecordType type = UNDEFINED_RECORD_TYPE;
        if (DGifGetRecordType(gif_, &type) == GIF_ERROR) return false;
        if (type == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(gif_) == GIF_OK;
        if (type != EXTENSION_RECORD_TYPE || !read_extension()) return false;
    }
}

bool GifReader::read_colours() {
    auto const* const map = frame().ColorMap != nullptr ? frame().ColorMap : gif_->SColorMap;
    if (map == nullptr) return false;
    auto const count = std::min(static_cast<std::size_t>(map->ColorCount), colours_.size());
    for (std::size_t i = 0; i < count; ++i)
        colours_[i] = Colour{map->Colors[i].Red, map->Colors[i].Green, map->Colors[i].Blue};
    if (transparent_ >= 0 && transparent_ < static_cast<int>(colours_.size()))
        colours_[static_cast<std::size_t>(transparent_)] = Colour{white, white, white};
    return true;
}

// Only where the size is within the limits.
bool GifReader::read_frame() {
    if (!read_colours()) return false;
    int const frame_width = frame().Width, frame_height = frame().Height;
    pixels_.resize(static_cast<std::size_t>(frame_width) * static_cast<std::size_t>(frame_height));
    auto const read_line = [&](int y) {
        auto* const line =
            pixels_.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(frame_width);
        return DGifGetLine(gif_, line, frame_width) == GIF_OK;
    };
    constexpr std::array<int, 4> first{0, 4, 2, 1}, step{8, 8, 4, 2};
    if (!frame().Interlace) {
        for (int y = 0; y < frame_height; ++y)
            if (!read_line(y)) return false;
        return true;
    }
    for (std::size_t pass = 0; pass < first.size(); ++pass)
        for (int y = first[pass]; y < frame_height; y += step[pass])
            if (!read_line(y)) return false;
    return true;
}

// What of the frame lies on the screen, on white.
Square GifReader::square() const {
    std::int64_t const left = frame().Left, top = frame().Top;
    std::int64_t const frame_width = frame().Width, frame_height = frame().Height;
    Thumbnail thumbnail(width(), height());
    std::vector<std::uint8_t> row;
    for (std::int64_t y = 0; y < height(); ++y) {
        row.assign(std::size_t{width()} * 3, white);
        bool const in_frame = y >= top && y < top + frame_height;
        auto const end = std::min<std::int64_t>(width(), left + frame_width);
        for (auto x = left; in_frame && x < end; ++x) {
            auto const index = (y - top) * frame_width + (x - left);
            auto const& colour = colours_[pixels_[static_cast<std::size_t>(index)]];
            auto* const out = row.data() + x * 3;
            out[0] = colour.red, out[1] = colour.green, out[2] = colour.blue;
        }
        thumbnail.add_row(row);
    }
    return thumbnail.finish();
}

}  // namespace

std::optional<Square> decode_gif(std::string_view file, PixelLimits const& limits) {
    GifReader reader(file);
    if (!reader.find_first_frame() || !reader.fits(limits) || !reader.read_frame())
        return std::nullopt;
    return reader.square();
}

}  // namespace blog::pictures
