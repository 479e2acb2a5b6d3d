#pragma once
#include "handlers/endpoint.hpp"
#include "net/router.hpp"

#include <span>
#include <string>

namespace blog::handlers {

// The tables, one a file of handlers, in the order in which the documentation shows them.
std::span<Endpoint const> user_endpoints();     // users_api.cpp
std::span<Endpoint const> token_endpoints();    // tokens_api.cpp
std::span<Endpoint const> picture_endpoints();  // pictures_api.cpp
std::span<Endpoint const> post_endpoints();     // posts_api.cpp
std::span<Endpoint const> health_endpoints();   // health.cpp
std::span<Endpoint const> metrics_endpoints();  // metrics.cpp
std::span<Endpoint const> page_endpoints();     // pages.cpp
std::span<Endpoint const> login_pages();        // login_pages.cpp
std::span<Endpoint const> account_pages();      // account_pages.cpp
std::span<Endpoint const> writing_pages();      // writing_pages.cpp
std::span<Endpoint const> docs_endpoints();     // docs.cpp
std::span<Endpoint const> file_endpoints();     // files.cpp

// All of them, ready to be looked up.
struct Routes {
    Routes();
    net::Router<Context> router;
    net::Methods methods;  // of any path
};

// The document of /openapi.json, from the same tables.
std::string openapi_document();

// "GET /api/posts/{post_id}" a line: what docs/routes.md holds (a test compares the two).
std::string route_list();

}  // namespace blog::handlers
