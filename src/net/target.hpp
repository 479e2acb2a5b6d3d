#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace blog::net {

// "/a%20b?x=1" -> path "/a%20b", query "x=1".
struct Target {
    std::string_view path, query;
};
Target split_target(std::string_view target) noexcept;

// Appends `text` with its %XX escapes decoded. An escape that is none ("%", "%zz") stays as it is.
void append_percent_decoded(std::string_view text, std::string& out);

// Walks "a=1&b=x+y": names and values in order, decoded, '+' as a space. A part without '=' has an
// empty value; empty parts are skipped. Also reads application/x-www-form-urlencoded bodies.
class QueryReader {
public:
    explicit QueryReader(std::string_view query) noexcept : rest_(query) {}
    // Replaces both; false at the end.
    bool next(std::string& name, std::string& value);

private:
    std::string_view rest_;
};

// The first parameter of that name, decoded.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// Whether `authority` is host [":" port] as RFC 9110 7.2 and RFC 3986 3.2.2 write it, host not
// empty.
bool valid_authority(std::string_view authority) noexcept;

}  // namespace blog::net
