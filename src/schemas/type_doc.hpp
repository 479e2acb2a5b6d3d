#pragma once
#include "clock.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace blog::schemas {

struct Shape;

// A type in the words of JSON Schema, as OpenAPI 3.1 uses it.
struct TypeDoc {
    std::string_view type;  // "string", "integer", "boolean", "array"; "object" for `shape` itself
    std::string_view format{};
    std::optional<std::uint64_t> min_length{}, max_length{};
    std::optional<std::int64_t> minimum{}, maximum{}, fallback{};
    bool nullable = false;
    Shape const* shape = nullptr;  // of the object, or of the array's items; lives as long as we do
};

struct FieldDoc {
    std::string_view name;
    TypeDoc type;
    bool required = true;
};

// What the document says of one schema; shape_of<T>() makes it from the field table.
struct Shape {
    std::string_view name;
    std::vector<FieldDoc> fields;
};

// What a member's type alone says, for answers.
inline TypeDoc doc_of(std::string_view const*) {
    return {.type = "string"};
}
inline TypeDoc doc_of(std::int64_t const*) {
    return {.type = "integer"};
}
inline TypeDoc doc_of(bool const*) {
    return {.type = "boolean"};
}
inline TypeDoc doc_of(SysTime const*) {
    return {.type = "string", .format = "date-time"};
}

}  // namespace blog::schemas
