#include "views/scanner.hpp"

#include "views/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace blog::views {
namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr std::string_view blanks = " \t";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Tags that take their line away when they have it to themselves. Not `block` and `include`: what
// comes in their place is somewhere else and may lack a line end.
constexpr std::array<std::string_view, 7> line_tags{"if",  "elif",   "else",   "endif",
                                                    "for", "endfor", "extends"};

bool takes_line(Piece const& piece) {
    if (piece.kind == Piece::Kind::comment) return true;
    return piece.kind == Piece::Kind::tag &&
           std::ranges::find(line_tags, piece.tokens.front().text) != line_tags.end();
}

// One line end at the end of a file belongs to the file and not to the page.
std::string_view without_line_end(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::string in_quotes(std::string_view text) {
    return '\'' + std::string(text) + '\'';
}

TemplateError SourceText::error(std::size_t offset, std::string_view what) const {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        bool const continues = (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else if (!continues) {
            ++column;
        }
    }
    return TemplateError(name + ':' + std::to_string(line) + ':' + std::to_string(column) + ": " +
                         std::string(what));
}

Scanner::Scanner(SourceText const& source) : source_(source), text_(without_line_end(source.text)) {
    if (text_.size() > source_bytes_max)
        throw source.error(
            0, "the template is longer than " + std::to_string(source_bytes_max) + " bytes");
    for (std::size_t i = 0; i < text_.size();) {
        auto const c = decode(text_, i);
        if (!c.valid) throw source.error(i, "this is not UTF-8");
        if (c.value == 0) throw source.error(i, "a NUL does not belong into a template");
        i += c.bytes;
    }
}

Piece Scanner::next() {
    Piece piece;
    auto const begin = at_;
    auto open = text_.find('{', begin);
    while (open < text_.size() - 1 && std::string_view("{%#").find(text_[open + 1]) == text_.npos)
        open = text_.find('{', open + 1);
    if (text_.empty() || open >= text_.size() - 1) {
        piece.text = text_.substr(begin);
        at_ = text_.size();
        return piece;
    }
    auto const close = scan_tag(piece, open);
    piece.tag = text_.substr(open, close - open);
    trim(piece, begin, open, close);
    return piece;
}

// Reads the tag that begins at `open`; returns where it ends.
std::size_t Scanner::scan_tag(Piece& piece, std::size_t open) {
    char const sign = text_[open + 1];
    if (sign == '#') {
        piece.kind = Piece::Kind::comment;
        return scan_comment(open);
    }
    piece.kind = sign == '{' ? Piece::Kind::output : Piece::Kind::tag;
    std::string_view const closing = sign == '{' ? "}}" : "%}";
    at_ = open + 2;
    if (text_.substr(at_).starts_with('-')) ++at_;
    do {
        at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size());
        if (at_ == text_.size())
            throw source_.error(open, "this '" + std::string(text_.substr(open, 2)) +
                                          "' is never closed: '" + std::string(closing) +
                                          "' is missing");
        piece.tokens.push_back(scan_token(closing));
    } while (piece.tokens.back().kind != Token::Kind::end);
    return at_;
}

std::size_t Scanner::scan_comment(std::size_t open) const {
    auto const close = text_.find("#}", open + 2);
    if (close == text_.npos)
        throw source_.error(open, "this '{#' is never closed: '#}' is missing");
    return close + 2;
}

// at_ is on the first character; afterwards it is behind the last one.
Token Scanner::scan_token(std::string_view closing) {
    auto const rest = text_.substr(at_);
    char const first = rest.front();
    for (std::string_view const dash : {"", "-"}) {
        if (!rest.starts_with(dash) || !rest.substr(dash.size()).starts_with(closing)) continue;
        at_ += dash.size() + closing.size();
        return {Token::Kind::end, rest.substr(0, 0), 0};
    }
    if (first == '"' || first == '\'') return scan_string();
    if (is_digit(first) || (first == '-' && rest.size() > 1 && is_digit(rest[1])))
        return scan_integer();
    if (is_letter(first)) {
        std::size_t size = 1;
        while (size < rest.size() && (is_letter(rest[size]) || is_digit(rest[size])))
            ++size;
        at_ += size;
        return {Token::Kind::name, rest.substr(0, size), 0};
    }
    for (std::string_view const sign : {"==", "!=", ".", "|", "(", ")"}) {
        if (!rest.starts_with(sign)) continue;
        at_ += sign.size();
        return {Token::Kind::sign, rest.substr(0, sign.size()), 0};
    }
    throw source_.error(rest, in_quotes(rest.substr(0, decode(rest, 0).bytes)) +
                                  " means nothing here; '" + std::string(closing) +
                                  "' closes the tag");
}

Token Scanner::scan_string() {
    auto const rest = text_.substr(at_);
    auto const close = rest.find_first_of(std::string{rest.front(), '\n'}, 1);
    if (close == rest.npos || rest[close] == '\n')
        throw source_.error(rest, "this quote is never closed on its line");
    at_ += close + 1;
    return {Token::Kind::string, rest.substr(1, close - 1), 0};
}

Token Scanner::scan_integer() {
    auto const rest = text_.substr(at_);
    Token token{Token::Kind::integer, {}, 0};
    auto const [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), token.number);
    if (ec != std::errc()) throw source_.error(rest, "this number does not fit 64 bits");
    token.text = rest.substr(0, static_cast<std::size_t>(end - rest.data()));
    at_ += token.text.size();
    return token;
}

// Settles how much of the text before the tag stays, and where the next text begins.
void Scanner::trim(Piece& piece, std::size_t begin, std::size_t open, std::size_t close) {
    auto const before = text_.substr(begin, open - begin);
    bool const dash_before = piece.tag[2] == '-';
    bool const dash_behind = piece.tag.size() > 5 && piece.tag[piece.tag.size() - 3] == '-';
    piece.text = before;
    at_ = close;
    if (dash_before) piece.text = before.substr(0, before.find_last_not_of(white_space) + 1);
    if (dash_behind) at_ = std::min(text_.find_first_not_of(white_space, close), text_.size());
    if (dash_before || dash_behind || !takes_line(piece)) return;

    auto const kept = before.find_last_not_of(blanks) + 1;  // npos + 1 == 0
    auto const line_end = std::min(text_.find_first_not_of(blanks, close), text_.size());
    auto const behind = text_.substr(line_end);
    bool const begins_line =
        kept > 0 ? before[kept - 1] == '\n' : begin == 0 || text_[begin - 1] == '\n';
    bool const ends_line = behind.empty() || behind.starts_with('\n') || behind.starts_with("\r\n");
    if (!begins_line || !ends_line) return;
    piece.text = before.substr(0, kept);
    at_ = behind.empty() ? text_.size() : text_.find('\n', line_end) + 1;
}

}  // namespace blog::views
