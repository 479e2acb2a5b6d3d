#pragma once
#include <string>
#include <string_view>

namespace blog::views {

// Each appends `text` to `out` so that it means itself, and nothing else, at its place. Every byte
// is allowed, NUL and broken UTF-8 included. Throws std::bad_alloc only.

// Text between tags and inside quoted attributes: & < > " ' become &amp; &lt; &gt; &#34; &#39;,
// and NUL the replacement character U+FFFD.
void append_html(std::string& out, std::string_view text);

// One part of a URL: a path segment, a name or value of a query. All but RFC 3986's unreserved
// characters become %XX, so `/` and `%` do as well. Safe inside a quoted attribute.
void append_url_part(std::string& out, std::string_view text);

// A plain path, as |path does: as append_url_part, but `/` stays.
void append_path(std::string& out, std::string_view path);

// A URL that is ready to be used, for a quoted attribute: characters that no URL may hold become
// %XX, %XX stays, then HTML escapes. Anything but a path on this site and http:, https: and mailto:
// URLs becomes `#`, so that neither `javascript:` nor another host's `//host` gets through.
void append_url(std::string& out, std::string_view url);

// As append_path, but `#` when the path is not one of this site: not `/...`, or `//...`.
void append_local_path(std::string& out, std::string_view path);

}  // namespace blog::views
