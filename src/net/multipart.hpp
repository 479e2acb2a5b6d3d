#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace blog::net {

// multipart/form-data (RFC 7578), as browsers send forms with files.

// Whether that is what a Content-Type says.
bool is_multipart_form(std::string_view content_type) noexcept;

// The boundary parameter of a Content-Type; nullopt when there is none, or one that RFC 2046 does
// not allow: one to 70 letters, digits and certain marks, no space at the end.
std::optional<std::string> multipart_boundary(std::string_view content_type);

constexpr std::string_view missing_boundary = "Missing boundary in multipart.";

// One field of the form.
struct FormPart {
    std::string name;
    std::optional<std::string> filename;  // there is one: it is a file
    std::string_view content_type;        // empty: not said
    std::string_view content;
};

// Walks the parts of a complete body. A line counts as a delimiter only as a whole, from its CRLF
// to its CRLF; what stands before the first and after the last is skipped. The views last as long
// as the body does. At most 1000 files and 1000 other fields, which have at most 1 MiB each.
class MultipartReader {
public:
    MultipartReader(std::string_view body, std::string_view boundary);

    // Replaces `part`; false at the end, and at the first error.
    bool next(FormPart& part);
    // For the client, static text; empty: none so far.
    std::string_view error() const noexcept { return error_; }

private:
    struct Delimiter {
        std::size_t begin = 0, end = 0;  // from its CRLF to behind its CRLF
        bool last = false;
    };

    bool fail(std::string_view error) noexcept;
    std::optional<Delimiter> find_delimiter(std::size_t from) const noexcept;
    bool read_head(FormPart& part);
    bool read_disposition(std::string_view value, FormPart& part);
    bool count(FormPart const& part) noexcept;

    std::string_view body_;
    std::string const delimiter_;  // "\r\n--" and the boundary
    std::size_t at_ = 0;           // where the next head begins
    bool begun_ = false, ended_ = false;
    std::size_t files_ = 0, fields_ = 0;
    std::string_view error_;
};

}  // namespace blog::net
