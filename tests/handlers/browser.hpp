#pragma once
#include "handlers/site.hpp"
#include "views/escape.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace blog::test {

inline bool has(std::string_view text, std::string_view piece) {
    return text.find(piece) != text.npos;
}

// The value of the first field of that name; "" when there is none.
inline std::string header_of(Site::Answer const& answer, std::string_view name) {
    auto const start = ("\r\n" + answer.headers).find("\r\n" + std::string(name) + ": ");
    if (start == std::string::npos) return {};
    auto const begin = start + name.size() + 2;
    return answer.headers.substr(begin, answer.headers.find("\r\n", begin) - begin);
}

inline Config protected_accounts() {
    Config config;
    config.accounts = "protected";
    return config;
}

// Somebody with a browser: keeps cookies, sends forms, and says that its own site's pages do so.
class Browser {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    explicit Browser(Site& site) : site_(site) {}

    Site::Answer get(std::string_view path) { return send(net::Method::get, path, {}); }
    Site::Answer post(std::string_view path, Fields const& fields = {}) {
        std::string body;
        for (auto const& [name, value] : fields) {
            if (!body.empty()) body += '&';
            views::append_url_part(body, name);
            views::append_url_part(body += '=', value);
        }
        return send(net::Method::post, path, body);
    }
    // Asks for what the answer redirects to.
    Site::Answer follow(Site::Answer const& answer) { return get(header_of(answer, "Location")); }

    // The name is also the address's first part; the password is `password`.
    Site::Answer sign_up(std::string const& name) {
        return post("/register",
                    {{"username", name}, {"email", name + "@example.com"}, {"password", password}});
    }
    Site::Answer log_in(std::string const& name, std::string const& with = password) {
        return post("/login", {{"email", name + "@example.com"}, {"password", with}});
    }
    bool knows(std::string const& cookie) const { return cookies.contains(cookie); }

    static inline std::string const password = "correct horse battery";
    std::map<std::string, std::string> cookies;
    std::string site_header = "same-origin";  // Sec-Fetch-Site

private:
    Site::Answer send(net::Method method, std::string_view path, std::string_view body) {
        std::string cookie;
        for (auto const& [name, value] : cookies)
            cookie.append(cookie.empty() ? "" : "; ").append(name).append("=").append(value);
        std::vector<net::HeaderView> headers{{"Sec-Fetch-Site", site_header},
                                             {"User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/1"}};
        if (method == net::Method::post)
            headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
        if (!cookie.empty()) headers.push_back({"Cookie", cookie});
        auto answer = site_.request(method, path, body, headers);
        take_cookies(answer.headers);
        return answer;
    }
    void take_cookies(std::string_view lines) {
        constexpr std::string_view mark = "Set-Cookie: ";
        for (auto at = lines.find(mark); at != lines.npos; at = lines.find(mark, at)) {
            at += mark.size();
            auto const line = lines.substr(at, lines.find("\r\n", at) - at);
            auto const equals = line.find('=');
            std::string const name(line.substr(0, equals));
            std::string const value(line.substr(equals + 1, line.find(';') - equals - 1));
            if (has(line, "Max-Age=0"))
                cookies.erase(name);
            else
                cookies[name] = value;
        }
    }

    Site& site_;
};

}  // namespace blog::test
