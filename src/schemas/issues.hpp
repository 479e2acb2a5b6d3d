#pragma once
#include "schemas/integer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace blog::schemas {

// Where a value came from: the first element of "loc".
enum class Place : std::uint8_t { body, path, query };
std::string_view to_string(Place) noexcept;

// One element of the "detail" of a 422. Views are static text or point into the request.
struct Issue {
    std::string_view type;  // "string_too_short", "missing", ...
    Place place = Place::body;
    std::string_view field{};             // second element of "loc"; "" when there is none,
    std::optional<std::size_t> offset{};  // or a place in the JSON text, in characters
    std::string msg;
    std::string input_json;  // what the client sent there
    std::string ctx_json{};  // "" for none
};

// Every fault of one request, in the order in which FastAPI lists them.
struct Issues {
    std::vector<Issue> list;

    bool empty() const noexcept { return list.empty(); }
    // Broken JSON: FastAPI looks at nothing else.
    bool is_broken_json() const noexcept;
};

// One list of the faults of path and query and of those of the body.
Issues merged(Issues path_and_query, Issues body);

// {"detail":[...]}: the body of the 422.
std::string to_json(Issues const&);

// Adds the fault that read_integer found in the path parameter `name`; `raw` is any bytes. `name`
// must outlive the issues.
void add_path_issue(Issues&, std::string_view name, std::string_view raw, IntegerFault);

}  // namespace blog::schemas
