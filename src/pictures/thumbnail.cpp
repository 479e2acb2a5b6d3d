#include "pictures/thumbnail.hpp"

#include "assert.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace blog::pictures {
namespace {

constexpr std::size_t line_values = std::size_t{square_side} * 3;
constexpr double lobes = 3;

double sinc(double x) {
    if (std::abs(x) < 1e-9) return 1;
    return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

double lanczos(double x) {
    return std::abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0;
}

}  // namespace

Thumbnail::Thumbnail(std::uint32_t width, std::uint32_t height)
    : width_(width),
      height_(height),
      side_(std::min(width, height)),
      windows_(windows(side_)),
      line_(line_values),
      sums_(line_values * square_side) {}

std::vector<Thumbnail::Window> Thumbnail::windows(std::uint32_t source_side) {
    double const scale = static_cast<double>(source_side) / square_side;
    double const stretch = std::max(scale, 1.0);  // a larger result interpolates
    std::vector<Window> result(square_side);
    for (std::uint32_t i = 0; i < square_side; ++i) {
        double const centre = (i + 0.5) * scale, reach = lobes * stretch;
        auto const first = static_cast<std::uint32_t>(std::max(0.0, std::floor(centre - reach)));
        auto const last =
            static_cast<std::uint32_t>(std::min<double>(source_side, std::ceil(centre + reach)));
        std::vector<double> weights;
        double sum = 0;
        for (auto x = first; x < last; ++x) {
            weights.push_back(lanczos((x + 0.5 - centre) / stretch));
            sum += weights.back();
        }
        result[i].first = first;
        for (double const weight : weights)
            result[i].weights.push_back(static_cast<float>(weight / sum));
    }
    return result;
}

void Thumbnail::add_row(std::span<std::uint8_t const> rgb) {
    BLOG_ASSERT(rgb.size() == std::size_t{width_} * 3 && rows_ < height_);
    auto const top = (height_ - side_) / 2, left = (width_ - side_) / 2;
    auto const row = rows_++;
    if (row < top || row >= top + side_) return;

    for (std::uint32_t i = 0; i < square_side; ++i) {
        auto const& window = windows_[i];
        auto const* pixel = rgb.data() + (std::size_t{left} + window.first) * 3;
        float red = 0, green = 0, blue = 0;
        for (float const weight : window.weights) {
            red += weight * pixel[0];
            green += weight * pixel[1];
            blue += weight * pixel[2];
            pixel += 3;
        }
        auto* const out = line_.data() + std::size_t{i} * 3;
        out[0] = red, out[1] = green, out[2] = blue;
    }

    auto const y = row - top;
    auto const ended = [&](Window const& w) { return w.first + w.weights.size() <= y; };
    while (open_ < square_side && ended(windows_[open_]))
        ++open_;
    for (auto i = open_; i < square_side && windows_[i].first <= y; ++i) {
        auto const& window = windows_[i];
        if (ended(window)) continue;
        float const weight = window.weights[y - window.first];
        auto* const sum = sums_.data() + i * line_values;
        for (std::size_t x = 0; x < line_values; ++x)
            sum[x] += weight * line_[x];
    }
}

Square Thumbnail::finish() const {
    BLOG_ASSERT(rows_ == height_);
    Square square(sums_.size());
    std::transform(sums_.begin(), sums_.end(), square.begin(), [](float value) {
        return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0f, 255.0f)));
    });
    return square;
}

}  // namespace blog::pictures
