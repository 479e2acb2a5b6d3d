#include "pictures/samples.hpp"

#include <gif_lib.h>
#include <stdexcept>

namespace blog::test {
namespace {

int append(GifFileType* gif, GifByteType const* bytes, int size) {
    static_cast<std::string*>(gif->UserData)
        ->append(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
    return size;
}

// All the colours that a sample may have; the last is the transparent one.
constexpr std::array<Rgba, 8> colours{red, green, blue, yellow, white, black, white, clear};

void write_frame(GifFileType* gif, Picture const& picture, GifOptions const& options) {
    auto const width = static_cast<int>(picture.width), height = static_cast<int>(picture.height);
    EGifPutImageDesc(gif, options.left, options.top, width, height, options.interlaced, nullptr);
    auto const put = [&](int y) {
        std::vector<GifPixelType> line;
        for (std::uint32_t x = 0; x < picture.width; ++x) {
            GifPixelType index = 0;
            while (colours.at(index) != picture.at(x, static_cast<std::uint32_t>(y)))
                ++index;
            line.push_back(index);
        }
        if (EGifPutLine(gif, line.data(), width) == GIF_ERROR) throw std::runtime_error("giflib");
    };
    int const first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    for (int pass = 0; pass < (options.interlaced ? 4 : 1); ++pass)
        for (int y = options.interlaced ? first[pass] : 0; y < height;
             y += options.interlaced ? step[pass] : 1)
            put(y);
}

}  // namespace

std::string gif(Picture const& picture, GifOptions const& options) {
    std::string out;
    int error = 0;
    auto* const gif = EGifOpen(&out, append, &error);
    EGifSetGifVersion(gif, true);
    std::vector<GifColorType> map;
    for (auto const& c : colours)
        map.push_back(GifColorType{c[0], c[1], c[2]});
    auto* const colour_map = GifMakeMapObject(static_cast<int>(map.size()), map.data());
    EGifPutScreenDesc(gif, options.width.value_or(static_cast<int>(picture.width)),
                      options.height.value_or(static_cast<int>(picture.height)), 3, 0, colour_map);
    if (options.transparent) {
        GraphicsControlBlock control{};
        control.TransparentColor = static_cast<int>(colours.size()) - 1;
        GifByteType block[4];
        EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE,
                         static_cast<int>(EGifGCBToExtension(&control, block)), block);
    }
    write_frame(gif, picture, options);
    if (options.second) write_frame(gif, *options.second, GifOptions{});
    GifFreeMapObject(colour_map);
    EGifCloseFile(gif, &error);
    return out;
}

}  // namespace blog::test
