#include "requests.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace blog::bench {
namespace {

// "/a/[1-9]/b" -> "/a/", 1, 9, "/b". A path without a range is all `before`.
struct Pattern {
    std::string_view before, after;
    std::int64_t low = 0, high = 0;
};

Pattern split(std::string_view path) {
    auto const open = path.find('['), dash = path.find('-', open), close = path.find(']', dash);
    if (open == path.npos || dash == path.npos || close == path.npos) return {path, {}};
    Pattern out{path.substr(0, open), path.substr(close + 1)};
    auto const low = path.substr(open + 1, dash - open - 1);
    auto const high = path.substr(dash + 1, close - dash - 1);
    auto const parse = [](std::string_view text, std::int64_t& number) {
        auto const* const end = text.data() + text.size();
        return std::from_chars(text.data(), end, number).ptr == end && !text.empty();
    };
    if (!parse(low, out.low) || !parse(high, out.high) || out.low < 0 || out.high < out.low)
        throw std::runtime_error("not a range of numbers: " + std::string(path));
    return out;
}

}  // namespace

Requests::Requests(std::string_view host, std::vector<std::string> const& fields,
                   std::string_view content_type)
    : content_type_(content_type) {
    lines_.append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    for (auto const& field : fields)
        lines_.append(field).append("\r\n");
}

void Requests::add(std::string_view method, std::string_view path, double weight,
                   std::string_view body) {
    if (!(weight > 0)) throw std::runtime_error("a weight must be above 0");
    auto const [before, after, low, high] = split(path);
    Kind kind{.before = std::string(method),
              .after = std::string(after),
              .low = low,
              .high = high,
              .head = method == "HEAD"};
    kind.before.append(" ").append(before);
    kind.after += lines_;
    if (!body.empty()) {
        kind.after.append("Content-Type: ").append(content_type_).append("\r\nContent-Length: ");
        kind.after += std::to_string(body.size()) + "\r\n";
    }
    kind.after.append("\r\n").append(body);
    kinds_.push_back(std::move(kind));
    weights_.push_back(weight);
    choice_ = decltype(choice_)(weights_.begin(), weights_.end());
}

void Requests::add(std::string const& line) {
    std::istringstream words(line);
    std::string method, path, file;
    double weight = 0;
    words >> method >> path >> weight;
    if (!words) throw std::runtime_error("not 'METHOD PATH WEIGHT [BODYFILE]': " + line);
    words >> file;
    add(method, path, weight, file.empty() ? std::string() : read_file(file));
}

bool Requests::next(std::string& out) {
    auto const& kind = kinds_[kinds_.size() == 1 ? 0 : choice_(random_)];
    out = kind.before;
    if (kind.high != 0)
        out += std::to_string(std::uniform_int_distribution(kind.low, kind.high)(random_));
    out += kind.after;
    return kind.head;
}

std::string read_file(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace blog::bench
