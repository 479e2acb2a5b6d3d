#include "net/parameters.hpp"

#include "net/text.hpp"

#include <algorithm>

namespace blog::net {

ParameterReader::ParameterReader(std::string_view value) noexcept {
    auto const end = std::min(value.find(';'), value.size());
    first_ = trim(value.substr(0, end));
    rest_ = value.substr(end);
}

void ParameterReader::skip_spaces() noexcept {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
}

bool ParameterReader::next(std::string_view& name, std::string& value) {
    skip_spaces();
    while (rest_.starts_with(';')) {  // also several, and one at the end
        rest_.remove_prefix(1);
        skip_spaces();
    }
    if (rest_.empty()) return false;
    auto const equals = rest_.find('=');
    name = trim(rest_.substr(0, std::min(equals, rest_.size())));
    if (equals == rest_.npos || !std::all_of(name.begin(), name.end(), is_token_char)) return false;
    auto const before = rest_;
    rest_.remove_prefix(equals + 1);
    skip_spaces();
    value.clear();
    if (rest_.starts_with('"')) {
        if (read_quoted(value)) return true;
        rest_ = before;  // so that it is not well formed
        return false;
    }
    auto const end = std::min(rest_.find(';'), rest_.size());
    value = trim(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
}

// Only \" and \\ are escapes: some browsers send the path of a file with single backslashes.
bool ParameterReader::read_quoted(std::string& value) {
    for (std::size_t i = 1; i < rest_.size(); ++i) {
        if (rest_[i] == '"') {
            rest_.remove_prefix(i + 1);
            skip_spaces();
            return rest_.empty() || rest_.front() == ';';
        }
        bool const escape = rest_[i] == '\\' && i + 1 < rest_.size() &&
                            (rest_[i + 1] == '"' || rest_[i + 1] == '\\');
        if (escape) ++i;
        value.push_back(rest_[i]);
    }
    return false;
}

}  // namespace blog::net
