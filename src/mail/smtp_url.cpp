#include "mail/smtp_url.hpp"

#include "config.hpp"

#include <curl/curl.h>
#include <memory>
#include <new>
#include <string_view>

namespace blog::mail {
namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// "" when the URL has no such part.
std::string part(Url const& url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
}

}  // namespace

void check_smtp_url(std::string const& text) {
    Url const url(curl_url(), curl_url_cleanup);
    if (!url) throw std::bad_alloc();
    auto const refuse = [](std::string_view why) {
        // The URL itself is not shown: a password may be in it.
        throw ConfigError("--smtp-url: " + std::string(why) +
                          "; write smtp://mail.example.org:587 or smtps://mail.example.org:465");
    };
    if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
        refuse("that is no URL");
    auto const scheme = part(url, CURLUPART_SCHEME);
    if (scheme != "smtp" && scheme != "smtps") refuse("it must begin with smtp:// or smtps://");
    if (!part(url, CURLUPART_USER).empty() || !part(url, CURLUPART_PASSWORD).empty())
        refuse("name and password belong to --smtp-username and --smtp-password-file");
    if (!part(url, CURLUPART_QUERY).empty() || !part(url, CURLUPART_FRAGMENT).empty())
        refuse("it has neither ? nor #");
}

}  // namespace blog::mail
