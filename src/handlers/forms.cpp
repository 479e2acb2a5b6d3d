#include "handlers/forms.hpp"

#include "net/target.hpp"
#include "net/text.hpp"
#include "schemas/openapi.hpp"

#include <string>
#include <utility>

namespace blog::handlers {
namespace {

// Calls `take` for each part; why the body is no form, or "".
template <class Take>
std::string_view each_part(net::Request const& req, Take const& take) {
    auto const boundary = net::multipart_boundary(req.header("Content-Type"));
    if (!boundary) return net::missing_boundary;
    net::MultipartReader reader(req.body(), *boundary);
    for (net::FormPart part; reader.next(part);)
        take(part);
    return reader.error();
}

}  // namespace

std::variant<std::vector<schemas::NameValue>, schemas::Unreadable> form_fields(
    net::Request const& req) {
    std::vector<schemas::NameValue> fields;
    auto const type = req.header("Content-Type");
    if (net::is_multipart_form(type)) {
        auto const error = each_part(req, [&](net::FormPart const& part) {
            if (!part.filename) fields.push_back({part.name, std::string(part.content)});
        });
        if (!error.empty()) return schemas::Unreadable{std::string(error)};
    } else if (net::iequals(type.substr(0, type.find(';')), schemas::form_type)) {
        net::QueryReader reader(req.body());
        for (schemas::NameValue pair; reader.next(pair.name, pair.value);)
            fields.push_back(pair);
    }
    return fields;
}

std::variant<std::optional<net::FormPart>, schemas::Unreadable> form_part(net::Request const& req,
                                                                          std::string_view name) {
    std::optional<net::FormPart> found;
    if (!net::is_multipart_form(req.header("Content-Type"))) return found;
    auto const error = each_part(req, [&](net::FormPart const& part) {
        if (part.name == name) found = part;
    });
    if (!error.empty()) return schemas::Unreadable{std::string(error)};
    return found;
}

}  // namespace blog::handlers
