#pragma once
#include "schemas/schema.hpp"

#include <string_view>
#include <tuple>

namespace blog::schemas {

// The form that brings a picture, for the interface document; the HTTP layer reads it.
struct FileContent {};
inline TypeDoc doc_of(FileContent const*) {
    return {.type = "string", .format = "binary"};
}
struct PictureUpload {
    FileContent file;
};
template <>
struct Schema<PictureUpload> {
    static constexpr std::string_view name = "PictureUpload";
    static constexpr auto fields = std::tuple{shown("file", &PictureUpload::file)};
};

}  // namespace blog::schemas
