#include "pictures/samples.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <jpeglib.h>
#include <png.h>
#include <random>
#include <stdexcept>

namespace blog::test {

Picture quarters(std::uint32_t width, std::uint32_t height) {
    Picture picture(width, height);
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x)
            picture.at(x, y) =
                y < height / 2 ? (x < width / 2 ? red : green) : (x < width / 2 ? blue : yellow);
    return picture;
}

Picture noise(std::uint32_t width, std::uint32_t height) {
    std::mt19937 random(1);
    Picture picture(width, height);
    for (auto& pixel : picture.pixels)
        for (std::size_t c = 0; c < 3; ++c)
            pixel[c] = static_cast<std::uint8_t>(random());
    return picture;
}

std::string exif(int orientation, bool big_endian) {
    std::string tiff = big_endian ? "MM" : "II";
    auto const put = [&](std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            tiff.push_back(
                static_cast<char>(value >> (8 * (big_endian ? bytes - 1 - i : i)) & 0xff));
    };
    put(42, 2), put(8, 4);
    put(2, 2);                                                              // entries
    put(0x0100, 2), put(4, 2), put(1, 4), put(1, 4);                        // a width
    put(0x0112, 2), put(3, 2), put(1, 4);                                   // the orientation
    put(static_cast<std::uint32_t>(orientation), 2), put(0, 2), put(0, 4);  // no more directories
    return tiff;
}

namespace {

[[noreturn]] void give_up(j_common_ptr) {
    throw std::runtime_error("libjpeg");
}

// One pixel as the file stores it.
std::size_t store(Rgba const& pixel, JpegOptions::Inks inks, JSAMPLE* out) {
    switch (inks) {
        case JpegOptions::Inks::grey:
            out[0] = pixel[0];
            return 1;
        case JpegOptions::Inks::rgb:
            std::memcpy(out, pixel.data(), 3);
            return 3;
        case JpegOptions::Inks::cmyk:
        case JpegOptions::Inks::ycck:
            break;
    }
    // Inverted inks with some black: out * black / 255 is the colour.
    constexpr int ink_black = 240;
    for (std::size_t c = 0; c < 3; ++c)
        out[c] = static_cast<JSAMPLE>(std::min(255, pixel[c] * 255 / ink_black));
    out[3] = ink_black;
    return 4;
}

std::vector<jpeg_scan_info> scan_for_each_coefficient() {
    std::vector<jpeg_scan_info> scans{{3, {0, 1, 2, 0}, 0, 0, 0, 0}};
    for (int component = 0; component < 3; ++component)
        for (int coefficient = 1; coefficient < 64; ++coefficient)
            scans.push_back({1, {component, 0, 0, 0}, coefficient, coefficient, 0, 0});
    return scans;
}

}  // namespace

std::string jpeg(Picture const& picture, JpegOptions const& options) {
    using Inks = JpegOptions::Inks;
    jpeg_error_mgr errors{};
    jpeg_compress_struct target{};
    target.err = jpeg_std_error(&errors);
    errors.error_exit = give_up;
    jpeg_create_compress(&target);
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&target, &bytes, &size);
    bool const four = options.inks == Inks::cmyk || options.inks == Inks::ycck;
    target.image_width = picture.width;
    target.image_height = picture.height;
    target.input_components = four ? 4 : options.inks == Inks::grey ? 1 : 3;
    target.in_color_space = four ? JCS_CMYK : options.inks == Inks::grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&target);
    if (options.inks == Inks::ycck) jpeg_set_colorspace(&target, JCS_YCCK);
    jpeg_set_quality(&target, options.quality, TRUE);
    if (options.full_colour)
        target.comp_info[0].h_samp_factor = target.comp_info[0].v_samp_factor = 1;
    if (options.progressive) jpeg_simple_progression(&target);
    auto const scans = scan_for_each_coefficient();
    if (options.scan_by_scan) {
        target.scan_info = scans.data();
        target.num_scans = static_cast<int>(scans.size());
    }
    jpeg_start_compress(&target, TRUE);
    if (options.orientation != 0) {
        auto const block = std::string("Exif\0\0", 6) + exif(options.orientation);
        jpeg_write_marker(&target, JPEG_APP0 + 1, reinterpret_cast<JOCTET const*>(block.data()),
                          static_cast<unsigned>(block.size()));
    }
    std::vector<JSAMPLE> row(std::size_t{picture.width} * 4);
    for (std::uint32_t y = 0; y < picture.height; ++y) {
        auto* out = row.data();
        for (std::uint32_t x = 0; x < picture.width; ++x)
            out += store(picture.at(x, y), options.inks, out);
        auto* line = row.data();
        jpeg_write_scanlines(&target, &line, 1);
    }
    jpeg_finish_compress(&target);
    std::string result(reinterpret_cast<char const*>(bytes), size);
    jpeg_destroy_compress(&target);
    std::free(bytes);
    return result;
}

namespace {

struct PngPalette {
    std::vector<Rgba> colours;
    std::size_t index(Rgba const& colour) {
        for (std::size_t i = 0; i < colours.size(); ++i)
            if (colours[i] == colour) return i;
        colours.push_back(colour);
        return colours.size() - 1;
    }
};

// The samples of a pixel, `depth` bits each.
std::vector<unsigned> samples(Rgba const& pixel, PngOptions const& options, PngPalette& palette) {
    using Kind = PngOptions::Kind;
    unsigned const most = (1u << options.depth) - 1;
    auto const scaled = [&](std::size_t c) { return pixel[c] * most / 255; };
    switch (options.kind) {
        case Kind::rgb:
            return {scaled(0), scaled(1), scaled(2)};
        case Kind::rgba:
            return {scaled(0), scaled(1), scaled(2), scaled(3)};
        case Kind::grey:
            return {scaled(0)};
        case Kind::grey_alpha:
            return {scaled(0), scaled(3)};
        default:
            return {static_cast<unsigned>(palette.index(pixel))};
    }
}

int colour_type(PngOptions::Kind kind) {
    using Kind = PngOptions::Kind;
    switch (kind) {
        case Kind::rgb:
            return PNG_COLOR_TYPE_RGB;
        case Kind::rgba:
            return PNG_COLOR_TYPE_RGB_ALPHA;
        case Kind::grey:
            return PNG_COLOR_TYPE_GRAY;
        case Kind::grey_alpha:
            return PNG_COLOR_TYPE_GRAY_ALPHA;
        default:
            return PNG_COLOR_TYPE_PALETTE;
    }
}

void append_to(png_structp png, png_bytep data, std::size_t size) {
    static_cast<std::string*>(png_get_io_ptr(png))
        ->append(reinterpret_cast<char const*>(data), size);
}

}  // namespace

std::string png(Picture const& picture, PngOptions const& options) {
    PngPalette palette;
    std::vector<std::vector<std::uint8_t>> rows(picture.height);
    for (std::uint32_t y = 0; y < picture.height; ++y) {
        std::size_t bits = 0;
        for (std::uint32_t x = 0; x < picture.width; ++x)
            for (unsigned const sample : samples(picture.at(x, y), options, palette))
                for (int bit = options.depth - 1; bit >= 0; --bit, ++bits) {
                    if (bits % 8 == 0) rows[y].push_back(0);
                    rows[y].back() |=
                        static_cast<std::uint8_t>((sample >> bit & 1) << (7 - bits % 8));
                }
    }
    std::string out;
    auto* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    auto* info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png)) != 0) std::abort();  // a mistake of a test
    png_set_write_fn(png, &out, append_to, nullptr);
    png_set_IHDR(png, info, picture.width, picture.height, options.depth, colour_type(options.kind),
                 options.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!palette.colours.empty()) {
        std::vector<png_color> colours;
        std::vector<png_byte> alphas;
        for (auto const& c : palette.colours) {
            colours.push_back(png_color{c[0], c[1], c[2]});
            alphas.push_back(c[3]);
        }
        auto const count = static_cast<int>(colours.size());
        png_set_PLTE(png, info, colours.data(), count);
        if (options.kind == PngOptions::Kind::palette_clear)
            png_set_tRNS(png, info, alphas.data(), count, nullptr);
    }
    auto block = exif(options.orientation);
    if (options.orientation != 0)
        png_set_eXIf_1(png, info, static_cast<png_uint_32>(block.size()),
                       reinterpret_cast<png_bytep>(block.data()));
    png_write_info(png, info);
    std::vector<png_bytep> lines;
    for (auto& row : rows)
        lines.push_back(row.data());
    png_write_image(png, lines.data());
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return out;
}

std::optional<Picture> plain_jpeg(std::string_view text) {
    jpeg_error_mgr errors{};
    jpeg_decompress_struct source{};
    source.err = jpeg_std_error(&errors);
    errors.error_exit = give_up;
    std::optional<Picture> result;
    try {
        jpeg_create_decompress(&source);
        jpeg_mem_src(&source, reinterpret_cast<unsigned char const*>(text.data()), text.size());
        for (int marker = JPEG_APP0 + 1; marker <= JPEG_APP0 + 15; ++marker)
            jpeg_save_markers(&source, marker, 0xffff);
        jpeg_save_markers(&source, JPEG_COM, 0xffff);
        jpeg_read_header(&source, TRUE);
        bool const plain = source.marker_list == nullptr;
        jpeg_start_decompress(&source);
        Picture picture(source.output_width, source.output_height);
        std::vector<JSAMPLE> row(std::size_t{source.output_width} * 3);
        for (std::uint32_t y = 0; y < picture.height; ++y) {
            auto* line = row.data();
            jpeg_read_scanlines(&source, &line, 1);
            for (std::uint32_t x = 0; x < picture.width; ++x)
                picture.at(x, y) = {row[x * 3], row[x * 3 + 1], row[x * 3 + 2], 255};
        }
        jpeg_finish_decompress(&source);
        if (plain && errors.num_warnings == 0) result = std::move(picture);
    } catch (std::runtime_error const&) {
    }
    jpeg_destroy_decompress(&source);
    return result;
}

bool near(Rgba const& a, Rgba const& b, int tolerance) {
    for (std::size_t c = 0; c < a.size(); ++c)
        if (std::abs(a[c] - b[c]) > tolerance) return false;
    return true;
}

}  // namespace blog::test
