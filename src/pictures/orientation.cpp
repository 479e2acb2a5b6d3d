#include "pictures/orientation.hpp"

#include <algorithm>
#include <cstdint>

namespace blog::pictures {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint16_t orientation_tag = 0x0112, short_type = 3;
constexpr std::size_t header_bytes = 8, entry_bytes = 12;

// Numbers of a TIFF file. Reading outside gives 0, which is no value that anybody looks for.
class Tiff {
public:
    explicit Tiff(std::string_view bytes) noexcept
        : bytes_(bytes), big_(bytes.starts_with("MM"sv)) {}

    bool valid() const noexcept {
        return bytes_.size() >= header_bytes && (big_ || bytes_.starts_with("II"sv)) &&
               number(2, 2) == 42;
    }
    std::uint32_t number(std::size_t at, std::size_t size) const noexcept {
        if (at > bytes_.size() || bytes_.size() - at < size) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            auto const byte = static_cast<unsigned char>(bytes_[at + (big_ ? i : size - 1 - i)]);
            value = value << 8 | byte;
        }
        return value;
    }

private:
    std::string_view bytes_;
    bool big_;
};

}  // namespace

Orientation exif_orientation(std::string_view exif) noexcept {
    if (auto const mark = "Exif\0\0"sv; exif.starts_with(mark)) exif.remove_prefix(mark.size());
    Tiff const tiff(exif);
    if (!tiff.valid()) return upright;
    std::size_t const directory = tiff.number(4, 4);
    auto const entries = tiff.number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        auto const entry = directory + 2 + i * entry_bytes;
        if (tiff.number(entry, 2) != orientation_tag) continue;
        auto const value = tiff.number(entry + 8, 2);
        bool const usable = tiff.number(entry + 2, 2) == short_type && value >= 1 && value <= 8;
        return usable ? static_cast<Orientation>(value) : upright;
    }
    return upright;
}

Square turned(Square square, Orientation orientation) {
    if (orientation == upright) return square;
    constexpr std::size_t last = square_side - 1;
    Square result(square.size());
    for (std::size_t y = 0; y <= last; ++y)
        for (std::size_t x = 0; x <= last; ++x) {
            // Where the pixel that is shown at (x, y) was stored.
            std::size_t from_x = x, from_y = y;
            switch (orientation) {
                case 2:
                    from_x = last - x;
                    break;
                case 3:
                    from_x = last - x, from_y = last - y;
                    break;
                case 4:
                    from_y = last - y;
                    break;
                case 5:
                    from_x = y, from_y = x;
                    break;
                case 6:
                    from_x = y, from_y = last - x;
                    break;
                case 7:
                    from_x = last - y, from_y = last - x;
                    break;
                case 8:
                    from_x = last - y, from_y = x;
                    break;
                default:
                    break;
            }
            std::copy_n(square.data() + (from_y * square_side + from_x) * 3, 3,
                        result.data() + (y * square_side + x) * 3);
        }
    return result;
}

}  // namespace blog::pictures
