#include "views/source.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <system_error>
#include <utility>

namespace blog::views {
namespace {

// "cards/post.html": no part is empty or begins with a dot.
bool is_inside(std::string_view name) {
    if (name.empty() || name.find('\0') != name.npos) return false;
    for (std::size_t at = 0; at <= name.size();) {
        auto const end = std::min(name.find('/', at), name.size());
        if (end == at || name[at] == '.') return false;
        at = end + 1;
    }
    return true;
}

std::string read_file(std::filesystem::path const& path, std::string_view name) {
    std::error_code error;
    auto const size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) throw TemplateError(std::string(name) + ": cannot open " + path.string());
    std::string text(std::min<std::uintmax_t>(size, source_bytes_max + 1), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) throw TemplateError(std::string(name) + ": cannot read " + path.string());
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

}  // namespace

Source directory_source(std::filesystem::path folder) {
    return [folder = std::move(folder)](std::string_view name) -> std::optional<std::string> {
        if (!is_inside(name)) return std::nullopt;
        auto const path = folder / name;
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
        return read_file(path, name);
    };
}

}  // namespace blog::views
