#pragma once
#include "mail/message.hpp"

#include <curl/curl.h>
#include <memory>

namespace blog::mail {

struct FreeMime {
    void operator()(curl_mime* mime) const noexcept { curl_mime_free(mime); }
};
using Mime = std::unique_ptr<curl_mime, FreeMime>;

struct FreeLines {
    void operator()(curl_slist* lines) const noexcept { curl_slist_free_all(lines); }
};
using Lines = std::unique_ptr<curl_slist, FreeLines>;

// The text and the HTML of the message; the better one last. Ends before `curl` does. Throws
// std::bad_alloc.
Mime make_mime(CURL* curl, Message const& message);

// The header lines around such a body.
Lines make_lines(Head const& head);

void append(Lines& lines, std::string const& line);

}  // namespace blog::mail
