#pragma once
#include "schemas/schema.hpp"
#include "schemas/type_doc.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blog::schemas {

struct RequestBody {
    Shape const& (*shape)() = nullptr;  // null: the operation reads no body
    std::string_view type = "application/json";
};
template <HasSchema T>
constexpr RequestBody body_of() {
    return {&shape_of<T>};
}
inline constexpr std::string_view form_type = "application/x-www-form-urlencoded";

// One form of the answer to a success.
struct Answer {
    Shape const& (*shape)() = nullptr;
    bool list = false;  // an array of them
};
template <HasSchema T>
constexpr Answer answer_of() {
    return {&shape_of<T>, false};
}
template <HasSchema T>
constexpr Answer list_of() {
    return {&shape_of<T>, true};
}

// A refusal other than 422, which is derived: {"detail": "..."}.
struct Refusal {
    std::uint16_t status;
    std::string_view description;
};

// An endpoint as its documentation tells it; all texts are static. Path parameters come from the
// pattern and are integers. "create_user" gives the summary "Create User" and, with pattern and
// method, FastAPI's operation id.
struct Operation {
    std::string_view method;       // "get"
    std::string_view pattern;      // "/api/users/{user_id}"
    std::string_view name;         // "get_user"
    std::string_view tag;          // "users"
    std::string_view description;  // Markdown; "" for none
    Shape const& (*query)() = nullptr;
    RequestBody body{};
    bool asks_for_login = false;    // a bearer token, perhaps only where accounts are protected
    std::uint16_t status = 200;     // of success
    std::vector<Answer> answers{};  // none: no body; several: one of them
    std::vector<Refusal> refusals{};
};

struct ApiInfo {
    std::string_view title, version, description;
};

// The OpenAPI 3.1 document, compact. Paths appear in the order of their first operation.
std::string openapi_json(ApiInfo const&, std::span<Operation const>);

}  // namespace blog::schemas
