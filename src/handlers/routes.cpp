#include "handlers/routes.hpp"

#include <algorithm>
#include <cctype>

namespace blog::handlers {
namespace {

std::vector<Endpoint> all_endpoints() {
    std::vector<Endpoint> all;
    for (auto const table :
         {user_endpoints(), token_endpoints(), picture_endpoints(), post_endpoints(),
          health_endpoints(), metrics_endpoints(), page_endpoints(), login_pages(), account_pages(),
          writing_pages(), docs_endpoints(), file_endpoints()})
        all.insert(all.end(), table.begin(), table.end());
    return all;
}

std::string_view lower_case(net::Method method) {
    using net::Method;
    switch (method) {
        case Method::get:
            return "get";
        case Method::post:
            return "post";
        case Method::put:
            return "put";
        case Method::patch:
            return "patch";
        case Method::del:
            return "delete";
        default:
            BLOG_ASSERT(false);
    }
    return {};
}

}  // namespace

Routes::Routes() {
    for (auto const& endpoint : all_endpoints()) {
        router.add(endpoint.route);
        methods.add(endpoint.route.method);
    }
}

std::string openapi_document() {
    std::vector<schemas::Operation> operations;
    for (auto const& e : all_endpoints()) {
        if (e.doc.name.empty()) continue;
        operations.push_back({.method = lower_case(e.route.method),
                              .pattern = e.route.pattern,
                              .name = e.doc.name,
                              .tag = e.doc.tag,
                              .description = e.doc.description,
                              .query = e.query,
                              .body = e.body,
                              .asks_for_login = e.asks_for_login,
                              .status = static_cast<std::uint16_t>(e.doc.status),
                              .answers = e.doc.answers,
                              .refusals = e.doc.refusals});
        if (e.asks_for_login) operations.back().refusals.push_back({401, "Not authenticated"});
    }
    schemas::ApiInfo const info{
        .title = "blogd", .version = BLOGD_VERSION, .description = "A blog for several authors."};
    return schemas::openapi_json(info, operations);
}

std::string route_list() {
    std::string out;
    for (auto const& e : all_endpoints())
        out.append(net::to_string(e.route.method)).append(" ").append(e.route.pattern).append("\n");
    return out;
}

}  // namespace blog::handlers
