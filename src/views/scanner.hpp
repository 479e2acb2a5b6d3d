#pragma once
#include "views/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace blog::views {

// 'text', for messages.
std::string in_quotes(std::string_view text);

// The text of one template, which everything that is parsed out of it points into.
struct SourceText {
    std::string name;
    std::string text;

    // An error at this place of the text.
    [[nodiscard]] TemplateError error(std::size_t offset, std::string_view what) const;
    // An error at this piece of the text, which must be a view into it.
    [[nodiscard]] TemplateError error(std::string_view piece, std::string_view what) const {
        return error(static_cast<std::size_t>(piece.data() - text.data()), what);
    }
};

// One word or sign inside {{ }} or {% %}.
struct Token {
    enum class Kind : std::uint8_t { name, string, integer, sign, end };
    Kind kind = Kind::end;
    std::string_view text;  // a string without its quotes
    std::int64_t number = 0;
};

// Literal text and the tag behind it.
struct Piece {
    enum class Kind : std::uint8_t { output, tag, comment, end };
    std::string_view text;
    Kind kind = Kind::end;
    std::string_view tag;       // from its opening to its closing braces
    std::vector<Token> tokens;  // what is between them, closed by Kind::end
};

// Cuts a template into pieces and takes away the white space that nobody wants in the page: what
// `-` beside a tag asks for, and the line of a {% %} or {# #} that has a line to itself.
class Scanner {
public:
    // Throws TemplateError when the text is too long, is not UTF-8 or holds a NUL.
    explicit Scanner(SourceText const& source);

    // The next piece; after the last text, Kind::end again and again. Throws TemplateError.
    Piece next();

private:
    std::size_t scan_tag(Piece& piece, std::size_t open);
    std::size_t scan_comment(std::size_t open) const;
    Token scan_token(std::string_view closing);
    Token scan_string();
    Token scan_integer();
    void trim(Piece& piece, std::size_t begin, std::size_t open, std::size_t close);

    SourceText const& source_;
    std::string_view const text_;
    std::size_t at_ = 0;
};

}  // namespace blog::views
