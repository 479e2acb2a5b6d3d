#include "mail/mime.hpp"

#include <new>
#include <string>
#include <string_view>

namespace blog::mail {
namespace {

// The encoder takes only these for line ends.
std::string with_crlf(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

void add_part(curl_mime* mime, std::string_view text, char const* type) {
    auto* const part = curl_mime_addpart(mime);
    auto const data = with_crlf(text);
    // It passes every server: short lines, ASCII only.
    if (part == nullptr || curl_mime_data(part, data.data(), data.size()) != CURLE_OK ||
        curl_mime_type(part, type) != CURLE_OK ||
        curl_mime_encoder(part, "quoted-printable") != CURLE_OK)
        throw std::bad_alloc();
}

}  // namespace

Mime make_mime(CURL* curl, Message const& message) {
    Mime mime(curl_mime_init(curl));
    if (!mime) throw std::bad_alloc();
    add_part(mime.get(), message.text, "text/plain; charset=utf-8");
    add_part(mime.get(), message.html, "text/html; charset=utf-8");
    return mime;
}

void append(Lines& lines, std::string const& line) {
    auto* const longer = curl_slist_append(lines.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    // The list's first node stays, so the owner changes only with the first line.
    static_cast<void>(lines.release());
    lines.reset(longer);
}

Lines make_lines(Head const& head) {
    Lines lines;
    for (auto const& line : head.lines)
        append(lines, line);
    append(lines, "Content-Type: multipart/alternative");  // the library adds the boundary
    return lines;
}

}  // namespace blog::mail
