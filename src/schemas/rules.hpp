#pragma once
#include "schemas/integer.hpp"
#include "schemas/issues.hpp"
#include "schemas/json.hpp"
#include "schemas/type_doc.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace blog::schemas {

// Takes down what is wrong with one field.
class FieldReport {
public:
    FieldReport(Issues& issues, Place place, std::string_view field) noexcept
        : issues_(issues), place_(place), field_(field) {}
    void add(std::string_view type, std::string msg, JsonValue input, std::string ctx_json = {});
    // The input is JSON text already.
    void add_json(std::string_view type, std::string msg, std::string input_json,
                  std::string ctx_json = {});

private:
    Issues& issues_;
    Place place_;
    std::string_view field_;
};

// What read_integer found fault with, in the original's words.
void report_integer(FieldReport&, JsonValue input, IntegerFault);

// A rule reads one value in pydantic's lax mode and says all that is wrong with it; `out` is of use
// only when nothing was said. Its doc() is the same rule in OpenAPI's words.

// Text, counted in characters (code points).
struct Str {
    static constexpr auto unlimited = std::numeric_limits<std::size_t>::max();
    std::size_t min = 0, max = unlimited;

    void read(JsonValue, std::string& out, FieldReport&) const;
    TypeDoc doc() const;
};

// One word and no other.
struct Word {
    std::string_view word;

    void read(JsonValue, std::string& out, FieldReport&) const;
    TypeDoc doc() const;
};

// An e-mail address; the normalised form has `max` characters at most.
struct EmailField {
    std::size_t max = 120;

    void read(JsonValue, std::string& out, FieldReport&) const;
    TypeDoc doc() const;
};

struct Int {
    std::optional<std::int64_t> min{}, max{};
    std::optional<std::int64_t> fallback{};  // documented value of an absent field

    void read(JsonValue, Integer& out, FieldReport&) const;
    TypeDoc doc() const;
};

}  // namespace blog::schemas
