#include "net/multipart_ranges.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <random>
#include <string>
#include <unistd.h>

namespace blog::net {

namespace {

constexpr std::size_t piece_bytes_max = 64 << 10;
constexpr std::string_view type_before_boundary = "multipart/byteranges; boundary=";

std::string draw_boundary() {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::size_t boundary_bytes = 32;  // 128 random bits
    std::random_device source;
    std::string text;
    for (std::size_t i = 0; i < boundary_bytes; ++i)
        text += digits[source() % digits.size()];
    return text;
}

std::string const& type_with_boundary() {
    static std::string const type = std::string(type_before_boundary) + draw_boundary();
    return type;
}

std::string_view boundary() {
    return std::string_view(type_with_boundary()).substr(type_before_boundary.size());
}

std::string part_head(ByteRange const& part, std::uint64_t file_bytes, std::string_view type) {
    std::string head = "\r\n--";
    head.append(boundary()).append("\r\nContent-Type: ").append(type);
    head.append("\r\nContent-Range: bytes ").append(std::to_string(part.offset));
    head.append("-").append(std::to_string(part.offset + part.size - 1));
    head.append("/").append(std::to_string(file_bytes)).append("\r\n\r\n");
    return head;
}

std::string closing_line() {
    return "\r\n--" + std::string(boundary()) + "--\r\n";
}

// Reads exactly `out`; false when the file ends before or cannot be read.
bool read_whole(int fd, std::uint64_t offset, std::span<char> out) {
    while (!out.empty()) {
        auto const got = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        offset += static_cast<std::uint64_t>(got);
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

class MultipartStream final : public BodyStream {
public:
    MultipartStream(FileContent content, std::uint64_t file_bytes, std::string_view type,
                    std::vector<ByteRange> parts)
        : content_(std::move(content)),
          file_bytes_(file_bytes),
          type_(type),
          parts_(std::move(parts)) {}

    Awaitable<Result<void>> next(std::string& out) override {
        if (part_ == parts_.size()) {
            if (!closed_) out += closing_line();
            closed_ = true;
            co_return Result<void>();
        }
        auto& part = parts_[part_];
        if (sent_ == 0) out += part_head(part, file_bytes_, type_);
        auto const size = std::min<std::uint64_t>(part.size - sent_, piece_bytes_max);
        if (!append(part.offset + sent_, static_cast<std::size_t>(size), out))
            co_return Error(Errc::unavailable);
        sent_ += size;
        if (sent_ == part.size) {
            ++part_;
            sent_ = 0;
        }
        co_return Result<void>();
    }

private:
    bool append(std::uint64_t offset, std::size_t size, std::string& out) const {
        if (auto const* bytes = std::get_if<std::string_view>(&content_)) {
            out += bytes->substr(static_cast<std::size_t>(offset), size);
            return true;
        }
        auto const before = out.size();
        out.resize(before + size);
        return read_whole(std::get<UniqueFd>(content_).get(), offset,
                          std::span(out).subspan(before));
    }

    FileContent content_;
    std::uint64_t file_bytes_;
    std::string_view type_;
    std::vector<ByteRange> parts_;
    std::size_t part_ = 0;    // the part that comes next, or is being sent
    std::uint64_t sent_ = 0;  // bytes of it that are out
    bool closed_ = false;
};

}  // namespace

Streamed multipart_ranges(FileContent content, std::uint64_t file_bytes, std::string_view type,
                          std::vector<ByteRange> parts) {
    std::uint64_t size = closing_line().size();
    for (auto const& part : parts)
        size += part_head(part, file_bytes, type).size() + part.size;
    return {
        std::make_unique<MultipartStream>(std::move(content), file_bytes, type, std::move(parts)),
        size};
}

std::string_view multipart_ranges_type() {
    return type_with_boundary();
}

}  // namespace blog::net
