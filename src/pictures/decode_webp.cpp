#include "pictures/decode.hpp"
#include "pictures/orientation.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>
#include <webp/decode.h>
#include <webp/demux.h>

namespace blog::pictures {
namespace {

constexpr std::uint8_t white = 255;
// libwebp shrinks larger pictures to this while it decodes; its filter is a plain one, so ours
// still has something to do.
constexpr std::uint32_t shrunk_side = 4 * square_side;

// The file's parts. Exists only for a file that is complete.
class WebpFile {
public:
    explicit WebpFile(std::string_view file) {
        WebPData const data{reinterpret_cast<std::uint8_t const*>(file.data()), file.size()};
        demuxer_.reset(WebPDemux(&data));
        complete_ = demuxer_ != nullptr && WebPDemuxGetFrame(demuxer_.get(), 1, &frame_) != 0 &&
                    frame_.complete != 0;
    }
    WebpFile(WebpFile const&) = delete;
    WebpFile& operator=(WebpFile const&) = delete;
    ~WebpFile() { WebPDemuxReleaseIterator(&frame_); }

    bool complete() const noexcept { return complete_; }
    std::uint32_t width() const noexcept {
        return WebPDemuxGetI(demuxer_.get(), WEBP_FF_CANVAS_WIDTH);
    }
    std::uint32_t height() const noexcept {
        return WebPDemuxGetI(demuxer_.get(), WEBP_FF_CANVAS_HEIGHT);
    }
    WebPIterator const& frame() const noexcept { return frame_; }  // the first
    bool frame_is_all() const noexcept {
        return std::cmp_equal(frame_.width, width()) && std::cmp_equal(frame_.height, height());
    }
    Orientation orientation() const {
        WebPChunkIterator chunk{};
        auto result = upright;
        if (WebPDemuxGetChunk(demuxer_.get(), "EXIF", 1, &chunk) != 0)
            result = exif_orientation(
                {reinterpret_cast<char const*>(chunk.chunk.bytes), chunk.chunk.size});
        WebPDemuxReleaseChunkIterator(&chunk);
        return result;
    }

private:
    struct Delete {
        void operator()(WebPDemuxer* demuxer) const noexcept { WebPDemuxDelete(demuxer); }
    };
    std::unique_ptr<WebPDemuxer, Delete> demuxer_;
    WebPIterator frame_{};
    bool complete_ = false;
};

// The pixels of a frame: red, green, blue, each multiplied with the alpha that follows.
class Pixels {
public:
    Pixels() { WebPInitDecoderConfig(&config_); }
    Pixels(Pixels const&) = delete;
    Pixels& operator=(Pixels const&) = delete;
    ~Pixels() { WebPFreeDecBuffer(&config_.output); }

    // Scaled to that size.
    bool decode(WebPIterator const& frame, int width, int height) {
        config_.output.colorspace = MODE_rgbA;
        config_.options.use_scaling = width != frame.width || height != frame.height;
        config_.options.scaled_width = width;
        config_.options.scaled_height = height;
        return WebPDecode(frame.fragment.bytes, frame.fragment.size, &config_) == VP8_STATUS_OK &&
               config_.output.width == width && config_.output.height == height;
    }
    // One row in front of white, three bytes a pixel, `count` of them.
    void flatten(std::size_t y, std::size_t count, std::uint8_t* out) const noexcept {
        auto const& buffer = config_.output.u.RGBA;
        auto const* const row = buffer.rgba + y * static_cast<std::size_t>(buffer.stride);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t c = 0; c < 3; ++c)
                out[i * 3 + c] = static_cast<std::uint8_t>(
                    std::min(row[i * 4 + c] + white - row[i * 4 + 3], int{white}));
    }

private:
    WebPDecoderConfig config_{};
};

std::optional<Square> whole(WebpFile const& file) {
    auto const side = std::min(file.width(), file.height());
    auto const shrunk = [&](std::uint32_t length) {
        if (side <= shrunk_side) return length;
        return static_cast<std::uint32_t>(std::uint64_t{length} * shrunk_side / side);
    };
    auto const width = shrunk(file.width()), height = shrunk(file.height());
    Pixels pixels;
    if (!pixels.decode(file.frame(), static_cast<int>(width), static_cast<int>(height)))
        return std::nullopt;
    Thumbnail thumbnail(width, height);
    std::vector<std::uint8_t> row(std::size_t{width} * 3);
    for (std::size_t y = 0; y < height; ++y) {
        pixels.flatten(y, width, row.data());
        thumbnail.add_row(row);
    }
    return thumbnail.finish();
}

// An animation's first frame that leaves some of its canvas white.
std::optional<Square> on_canvas(WebpFile const& file) {
    auto const& frame = file.frame();
    std::int64_t const left = frame.x_offset, top = frame.y_offset;
    if (left < 0 || top < 0 || left + frame.width > file.width() ||
        top + frame.height > file.height())
        return std::nullopt;
    Pixels pixels;
    if (!pixels.decode(frame, frame.width, frame.height)) return std::nullopt;
    Thumbnail thumbnail(file.width(), file.height());
    std::vector<std::uint8_t> row;
    for (std::int64_t y = 0; y < file.height(); ++y) {
        row.assign(std::size_t{file.width()} * 3, white);
        if (y >= top && y < top + frame.height)
            pixels.flatten(static_cast<std::size_t>(y - top), static_cast<std::size_t>(frame.width),
                           row.data() + left * 3);
        thumbnail.add_row(row);
    }
    return thumbnail.finish();
}

}  // namespace

std::optional<Square> decode_webp(std::string_view data, PixelLimits const& limits) {
    WebpFile const file(data);
    if (!file.complete() || !limits.allow(file.width(), file.height())) return std::nullopt;
    auto square = file.frame_is_all() ? whole(file) : on_canvas(file);
    if (!square) return std::nullopt;
    return turned(std::move(*square), file.orientation());
}

}  // namespace blog::pictures
