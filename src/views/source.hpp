#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace blog::views {

// What is wrong with a template: "post.html:12:7: no variable 'titel' in this page (it has: ...)".
// Lines and columns count from one, columns in characters.
struct TemplateError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The text of the template of this name ("home.html"); nullopt when there is none. May throw
// TemplateError. Called at start-up and by Library::reload only.
using Source = std::function<std::optional<std::string>(std::string_view name)>;

// The URL of a static file ("css/main.css"), as {{ static("css/main.css") }} writes it; empty when
// there is no such file.
using AssetUrl = std::function<std::string(std::string_view path)>;

constexpr std::size_t source_bytes_max = 1u << 20;  // of one template

// Reads templates from a folder and the folders below it. Names that leave it, or that begin with a
// dot, do not exist. Of a file that is too long, source_bytes_max + 1 bytes are read: enough for
// the compiler to refuse it. A file that is there but cannot be read throws TemplateError.
Source directory_source(std::filesystem::path folder);

}  // namespace blog::views
