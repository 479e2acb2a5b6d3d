#pragma once
#include "net/multipart.hpp"
#include "net/request.hpp"
#include "schemas/body.hpp"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

// The bodies that browsers and OAuth2 clients send: urlencoded or multipart.
namespace blog::handlers {

// The fields that are no files; none when the body is of another type.
std::variant<std::vector<schemas::NameValue>, schemas::Unreadable> form_fields(
    net::Request const& req);

// The part of that name: a file, or what was sent in its place. nullopt: it is not there.
std::variant<std::optional<net::FormPart>, schemas::Unreadable> form_part(net::Request const& req,
                                                                          std::string_view name);

}  // namespace blog::handlers
