#pragma once
#include "schemas/schema.hpp"

#include <string_view>
#include <tuple>

namespace blog::schemas {

// GET /health
struct HealthResponse {
    std::string_view status;
};
template <>
struct Schema<HealthResponse> {
    static constexpr std::string_view name = "HealthResponse";
    static constexpr auto fields = std::tuple{shown("status", &HealthResponse::status)};
};

}  // namespace blog::schemas
