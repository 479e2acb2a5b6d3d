#include "schemas/golden.hpp"

#include <boost/test/unit_test.hpp>

#include <charconv>
#include <fstream>

namespace blog::schemas::tests {
namespace {

std::string times(int n, std::string_view part) {
    std::string out;
    for (; n > 0; --n)
        out += part;
    return out;
}

// The bodies that were too long for the record, by the name it has for them.
std::string made_body(std::string_view name) {
    if (name == "deep array 100000") return times(100'000, "[") + times(100'000, "]");
    BOOST_REQUIRE(name == "deep object 100000");
    return R"({"title":"deep","content":"c","user_id":1,"x":)" + times(100'000, R"({"a":)") + "1" +
           times(100'000, "}") + "}";
}

std::string base64_decoded(std::string_view text) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (char const c : text.substr(0, text.find('='))) {
        bits = bits << 6 | static_cast<unsigned>(letters.find(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFF);
    }
    return out;
}

std::string text_of(JsonValue object, std::string_view name) {
    auto const value = object.member(name);
    return value ? std::string(value->text()) : "";
}

int number_of(JsonValue object, std::string_view name) {
    auto const text = text_of(object, name);
    int out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

Exchange exchange_of(JsonValue record) {
    auto const request = *record.member("request");
    Exchange out{.number = number_of(record, "n"),
                 .method = text_of(request, "method"),
                 .path = text_of(request, "path"),
                 .content_type = text_of(*request.member("headers"), "content-type"),
                 .body = text_of(request, "body"),
                 .status = number_of(record, "status"),
                 .answer = text_of(record, "body"),
                 .answer_recorded = record.member("body").has_value()};
    if (request.member("body_b64")) out.body = base64_decoded(text_of(request, "body_b64"));
    if (request.member("body_made")) out.body = made_body(text_of(request, "body_made"));
    return out;
}

}  // namespace

std::vector<Exchange> const& golden() {
    static auto const exchanges = [] {
        std::ifstream file(BLOG_TEST_DATA "/golden.jsonl");
        std::vector<Exchange> out;
        std::string line;
        std::getline(file, line);  // what it was recorded with
        while (std::getline(file, line))
            out.push_back(exchange_of(document_of(line).root()));
        BOOST_REQUIRE_EQUAL(out.size(), 532);
        return out;
    }();
    return exchanges;
}

JsonDocument document_of(std::string_view text) {
    auto parsed = parse_json(text, 1000);
    BOOST_REQUIRE(std::holds_alternative<JsonDocument>(parsed));
    return std::move(*std::get_if<JsonDocument>(&parsed));
}

std::string dumped(JsonValue value) {
    std::string out;
    value.append_to(out);
    return out;
}

std::string dumped(std::string_view text) {
    return dumped(document_of(text).root());
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        auto const hex = text.substr(i + 1 > text.size() ? text.size() : i + 1, 2);
        auto const end = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16).ptr;
        if (text[i] == '%' && hex.size() == 2 && end == hex.data() + 2) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace blog::schemas::tests
