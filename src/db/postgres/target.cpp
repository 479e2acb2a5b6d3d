#include "db/postgres/target.hpp"

#include "db/database_error.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <libpq-fe.h>
#include <memory>

namespace blog::db::postgres {

namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> out;
    for (;;) {
        auto const comma = list.find(',');
        out.emplace_back(list.substr(0, comma));
        if (comma == list.npos) return out;
        list.remove_prefix(comma + 1);
    }
}

// Item `index` of a list that may have one item for all, or none.
std::string item(std::vector<std::string> const& list, std::size_t index) {
    return index < list.size() ? list[index] : list.size() == 1 ? list[0] : std::string();
}

}  // namespace

bool Target::Host::must_be_resolved() const noexcept {
    if (!address.empty() || name.empty() || name[0] == '/' || name[0] == '@') return false;
    boost::system::error_code ec;
    boost::asio::ip::make_address(name, ec);
    return static_cast<bool>(ec);
}

Target::Target(std::string const& url, std::string session, std::string_view options)
    : session_(std::move(session)) {
    char* fault = nullptr;
    std::unique_ptr<PQconninfoOption, FreeOptions> const parsed(
        PQconninfoParse(url.c_str(), &fault));
    if (!parsed) {
        std::string text = fault == nullptr ? "out of memory" : fault;
        PQfreemem(fault);
        text.erase(text.find_last_not_of('\n') + 1);
        // libpq quotes what it does not understand, which may be half of a password.
        if (auto const quote = text.find('"'); quote != text.npos) text.resize(quote);
        throw DatabaseError("the database's URL is not understood: " + text);
    }
    std::vector<std::string> names, addresses, ports;
    std::string server_options;
    for (auto const* option = parsed.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        std::string const key = option->keyword, value = option->val;
        if (key == "host")
            names = split(value);
        else if (key == "hostaddr")
            addresses = split(value);
        else if (key == "port")
            ports = split(value);
        else if (key == "target_session_attrs")
            session_ = value;
        else if (key == "options")
            server_options = value;
        else
            settings_.emplace_back(key, value);
        if (key == "dbname") database_ = value;
    }
    auto const count = std::max({names.size(), addresses.size(), std::size_t{1}});
    for (std::size_t i = 0; i < count; ++i)
        hosts_.push_back({item(names, i), item(addresses, i), item(ports, i)});
    settings_.emplace_back("options", server_options.append(" ").append(options));
    settings_.emplace_back("client_encoding", "UTF8");
    settings_.emplace_back("fallback_application_name", "blogd");
}

std::string Target::text() const {
    std::string out;
    for (auto const& host : hosts_) {
        auto const& name = host.name.empty() ? host.address : host.name;
        out.append(out.empty() ? "" : ",").append(name.empty() ? "the local socket" : name);
        if (!host.port.empty()) out.append(":").append(host.port);
    }
    return "PostgreSQL " + out + (database_.empty() ? "" : ", database " + database_);
}

}  // namespace blog::db::postgres
