#pragma once
#include "clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace blog::schemas {

// Writing JSON straight into a string, compact, as Python's json.dumps(ensure_ascii=False) escapes:
// \" \\ \n \r \t \f \b, other controls as \u001f, all else as it is. The result is valid UTF-8
// whatever comes in: bytes that are not are written as U+FFFD.

// The escaped text without quotes.
void append_escaped(std::string& out, std::string_view text);

void append_json(std::string& out, std::string_view text);
void append_json(std::string& out, std::int64_t number);
void append_json(std::string& out, bool yes);
// ISO 8601 in UTC: "2025-01-02T03:04:05.123456Z"; no fraction when it is zero. Years 0 to 9999.
void append_json(std::string& out, SysTime time);
// Would turn into a bool.
void append_json(std::string& out, char const* text) = delete;

template <class T>
void append_json(std::string& out, std::optional<T> const& value) {
    if (value)
        append_json(out, *value);
    else
        out += "null";
}

// A finite number as Python's repr writes it (1.1, 100000.0, 1e+19, -0.0), or "null".
void append_python_float(std::string& out, double number);

}  // namespace blog::schemas
