#include "pictures/samples.hpp"

#include <webp/encode.h>
#include <webp/mux.h>

namespace blog::test {
namespace {

std::string text_of(WebPData const& data) {
    return {reinterpret_cast<char const*>(data.bytes), data.size};
}

WebPData data_of(std::string const& text) {
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}

std::string assemble(WebPMux* mux) {
    WebPData all{};
    WebPMuxAssemble(mux, &all);
    auto result = text_of(all);
    WebPDataClear(&all);
    WebPMuxDelete(mux);
    return result;
}

}  // namespace

std::string webp(Picture const& picture, bool lossless, int orientation) {
    auto const* const rgba = picture.pixels.data()->data();
    auto const width = static_cast<int>(picture.width), height = static_cast<int>(picture.height);
    std::uint8_t* bytes = nullptr;
    auto const size = lossless ? WebPEncodeLosslessRGBA(rgba, width, height, width * 4, &bytes)
                               : WebPEncodeRGBA(rgba, width, height, width * 4, 95, &bytes);
    std::string result(reinterpret_cast<char const*>(bytes), size);
    WebPFree(bytes);
    if (orientation == 0) return result;
    auto const picture_data = data_of(result);
    auto const block = exif(orientation, false);
    auto const exif_data = data_of(block);
    auto* const mux = WebPMuxCreate(&picture_data, 1);
    WebPMuxSetChunk(mux, "EXIF", &exif_data, 1);
    return assemble(mux);
}

std::string animated_webp(Picture const& picture, int left, int top, int width, int height) {
    auto* const mux = WebPMuxNew();
    for (auto const& still : {webp(picture, true), webp(Picture(8, 8, black), true)}) {
        WebPMuxFrameInfo frame{};
        frame.bitstream = data_of(still);
        frame.id = WEBP_CHUNK_ANMF;
        frame.duration = 100;
        frame.x_offset = left;
        frame.y_offset = top;
        WebPMuxPushFrame(mux, &frame, 1);
    }
    WebPMuxAnimParams const loop{0xff00ff00, 0};
    WebPMuxSetAnimationParams(mux, &loop);
    WebPMuxSetCanvasSize(mux, width, height);
    return assemble(mux);
}

}  // namespace blog::test
