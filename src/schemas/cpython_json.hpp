#pragma once
#include "schemas/json_builder.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace blog::schemas {

// Reads `text` as CPython 3.13's json module does, and says what is wrong in its words. For texts
// that RapidJSON refused: either they are wrong, or they hold what CPython takes all the same (NaN,
// Infinity, 1e400, a lone surrogate), and then `builder` gets the whole document. nullopt as well
// when the builder stopped it. `text` is valid UTF-8.
std::optional<JsonSyntaxError> read_as_cpython(std::string_view text, JsonBuilder& builder);

}  // namespace blog::schemas
