#include "schemas/json.hpp"

#include "schemas/cpython_json.hpp"
#include "schemas/golden.hpp"
#include "schemas/utf8.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>

using namespace blog::schemas;
using namespace blog::schemas::tests;
namespace data = boost::unit_test::data;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

// What came of a text, on one line.
std::string told(JsonParsed const& parsed) {
    if (auto const* error = std::get_if<JsonSyntaxError>(&parsed))
        return std::string(error->message) + " @" + std::to_string(error->offset);
    if (auto const* refusal = std::get_if<JsonRefusal>(&parsed))
        return *refusal == JsonRefusal::too_deep ? "too deep" : "number too long";
    return dumped(std::get_if<JsonDocument>(&parsed)->root());
}

std::string parsed(std::string_view text, std::size_t depth_max = 512) {
    return told(parse_json(text, depth_max));
}

// The same without RapidJSON.
std::string parsed_as_cpython(std::string_view text, std::size_t depth_max = 512) {
    JsonBuilder builder(depth_max, text.size());
    if (auto const error = read_as_cpython(text, builder)) return told(*error);
    if (auto const refusal = builder.refusal()) return told(*refusal);
    return told(builder.take());
}

std::string times(std::size_t n, std::string_view part) {
    std::string out;
    for (; n > 0; --n)
        out += part;
    return out;
}

struct Case {
    std::string_view text, expected;
    friend std::ostream& operator<<(std::ostream& out, Case const& c) { return out << c.text; }
};

// Texts and what json.loads of CPython 3.13 says of them.
constexpr Case broken[] = {
    {"", "Expecting value @0"},
    {" ", "Expecting value @1"},
    {"{", "Expecting property name enclosed in double quotes @1"},
    {"{a:1}", "Expecting property name enclosed in double quotes @1"},
    {"{\"a\":1,}", "Illegal trailing comma before end of object @6"},
    {"{\"a\":1, }", "Illegal trailing comma before end of object @6"},
    {"{\"a\":1,", "Expecting property name enclosed in double quotes @7"},
    {"{\"a\"", "Expecting ':' delimiter @4"},
    {"{\"a\":", "Expecting value @5"},
    {"[1,]", "Illegal trailing comma before end of array @2"},
    {"[1,", "Expecting value @3"},
    {"[", "Expecting value @1"},
    {"[1 2]", "Expecting ',' delimiter @3"},
    {"tru", "Expecting value @0"},
    {"-", "Expecting value @0"},
    {"-Infinit", "Expecting value @0"},
    {"+1", "Expecting value @0"},
    {"{\"a\":1", "Expecting ',' delimiter @6"},
    {"[1", "Expecting ',' delimiter @2"},
    {"{\"a\":1} x", "Extra data @8"},
    {"01", "Extra data @1"},
    {"-01", "Extra data @2"},
    {"1.", "Extra data @1"},
    {"1.e5", "Extra data @1"},
    {"1e+", "Extra data @1"},
    {"nullx", "Extra data @4"},
    {"\"abc", "Unterminated string starting at @0"},
    {"\"abc\\", "Unterminated string starting at @0"},
    {"\"abc\\\"", "Unterminated string starting at @0"},
    {"\"a\nb\"", "Invalid control character at @2"},
    {"\"\\q\"", "Invalid \\escape @1"},
    {"\"\\\n\"", "Invalid \\escape @1"},
    {"\"\\u12\"", "Invalid \\uXXXX escape @2"},
    {"\"\\u1234", "Invalid \\uXXXX escape @2"},
    {"\"\\u12é4\"", "Invalid \\uXXXX escape @2"},
    {"\"\\ud83d\\u12x4\"", "Invalid \\uXXXX escape @8"},
    {"\"☃é😀\" x", "Extra data @6"},
    {"{\"é\":\"\\x\"}", "Invalid \\escape @6"},
    {"\xEF\xBB\xBF{}", "Expecting value @0"},
    {"// c\n{}", "Expecting value @0"},
};

constexpr Case taken[] = {
    {"null", "null"},
    {" \t\r\n[ ] \n", "[]"},
    {"{}", "{}"},
    {"[true,false,null,\"\"]", "[true,false,null,\"\"]"},
    {"-0", "0"},
    {"-0.0", "-0.0"},
    {"1.10", "1.1"},
    {"1E+2", "100.0"},
    {"1e400", "null"},
    {"-1e400", "null"},
    {"1e-400", "0.0"},
    {"-1e-400", "-0.0"},
    {"[NaN,Infinity,-Infinity]", "[null,null,null]"},
    {"123456789012345678901234567890", "123456789012345678901234567890"},
    {"\"\\u0041\\u00fc\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\\"\\\\\"",
     "\"Aü😀/\\b\\f\\n\\r\\t\\\"\\\\\""},
    {"\"\\u0000\\u001f\x7f\"", "\"\\u0000\\u001f\x7f\""},
    {"\"\\ud800\"", "\"\xEF\xBF\xBD\""},
    {"\"\\udc00x\"", "\"\xEF\xBF\xBDx\""},
    {"\"\\ud83d\\u0041\"", "\"\xEF\xBF\xBD\x41\""},
    {"\"\\ud83d\\ud83d\\ude00\"", "\"\xEF\xBF\xBD😀\""},
    {"{\"a\":1,\"b\":2,\"a\":[3]}", "{\"a\":[3],\"b\":2}"},
    {"{\"a\":{\"a\":1,\"a\":2},\"\\u0061\":{\"b\":1,\"b\":{}}}", "{\"a\":{\"b\":{}}}"},
    {"{\"\":1,\"\":2}", "{\"\":2}"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(json)

BOOST_DATA_TEST_CASE(a_broken_text_is_refused_in_the_words_of_cpython, data::make(broken)) {
    BOOST_TEST(parsed(sample.text) == sample.expected);
}

BOOST_DATA_TEST_CASE(a_text_is_echoed_as_python_would_print_it, data::make(taken)) {
    BOOST_TEST(parsed(sample.text) == sample.expected);
    BOOST_TEST(parsed_as_cpython(sample.text) == sample.expected);
    BOOST_TEST(parsed(parsed(sample.text)) == sample.expected);
}

BOOST_AUTO_TEST_CASE(a_nul_byte_does_not_end_the_text) {
    BOOST_TEST(parsed("{}\0"sv) == "Extra data @2");
    BOOST_TEST(parsed("{}\0x"sv) == "Extra data @2");
    BOOST_TEST(parsed("\0{}"sv) == "Expecting value @0");
    BOOST_TEST(parsed("\"\0\""sv) == "Invalid control character at @1");
    BOOST_TEST(parsed("[1\0]"sv) == "Expecting ',' delimiter @2");
}

BOOST_AUTO_TEST_CASE(depth_is_bounded_and_costs_no_stack) {
    for (auto const& [open, close] : {std::pair("["s, "]"s), std::pair("{\"a\":"s, "}"s)}) {
        auto const nested = [&](std::size_t n) { return times(n, open) + "1" + times(n, close); };
        BOOST_TEST(parsed(nested(512)) == nested(512));
        BOOST_TEST(parsed_as_cpython(nested(512)) == nested(512));
        BOOST_TEST(parsed(nested(513)) == "too deep");
        BOOST_TEST(parsed_as_cpython(nested(513)) == "too deep");
        BOOST_TEST(parsed(nested(100'000), 100'000) == nested(100'000));
        BOOST_TEST(parsed_as_cpython(nested(100'000), 100'000) == nested(100'000));
        // The first fault counts: here the depth, there the text.
        BOOST_TEST(parsed(times(513, open) + "}") == "too deep");
        BOOST_TEST(parsed("[x," + nested(513) + "]") == "Expecting value @1");
    }
}

BOOST_AUTO_TEST_CASE(an_integer_has_4300_digits_at_most) {
    auto const digits = times(4300, "7");
    BOOST_TEST(parsed(digits) == digits);
    BOOST_TEST(parsed("-" + digits) == "-" + digits);
    BOOST_TEST(parsed(digits + "7") == "number too long");
    BOOST_TEST(parsed("[-7" + digits + "]") == "number too long");
    BOOST_TEST(parsed(digits + "7.0") == "null");
    BOOST_TEST(parsed("0." + digits + "7") == "0.7777777777777778");
}

BOOST_AUTO_TEST_CASE(many_members_are_told_apart_as_few_are) {
    std::string text = "{", expected = "{";
    for (int i = 0; i < 1000; ++i)
        text += "\"k" + std::to_string(i % 600) + "\":" + std::to_string(i) + ",";
    for (int i = 0; i < 600; ++i)
        expected += "\"k" + std::to_string(i) + "\":" + std::to_string(i < 400 ? i + 600 : i) + ",";
    text.back() = expected.back() = '}';
    auto const document = document_of(text);
    BOOST_TEST(dumped(document.root()) == expected);
    BOOST_TEST(document.root().member("k0")->text() == "600");
    BOOST_TEST(document.root().member("k599")->text() == "599");
    BOOST_TEST(!document.root().member("k600"));
}

BOOST_AUTO_TEST_CASE(values_tell_what_they_are) {
    auto const document =
        document_of(R"({"s":"\u00fc","lone":"\ud800","i":-12,"r":1.5e3,"t":true,"n":null,)"
                    R"("a":[{"s":1}],"f":NaN})");
    auto const root = document.root();
    auto const at = [&](std::string_view name) { return root.member(name).value(); };
    BOOST_TEST(at("s").text() == "ü");
    BOOST_TEST(!at("s").has_lone_surrogate());
    BOOST_TEST(at("lone").text() == "\xEF\xBF\xBD");
    BOOST_TEST(at("lone").has_lone_surrogate());
    BOOST_TEST((at("i").kind() == JsonKind::integer));
    BOOST_TEST(at("i").text() == "-12");
    BOOST_TEST((at("r").kind() == JsonKind::real));
    BOOST_TEST(at("r").real() == 1500.0);
    BOOST_TEST(std::isnan(at("f").real()));
    BOOST_TEST(at("t").is_true());
    BOOST_TEST((at("n").kind() == JsonKind::null));
    BOOST_TEST((at("a").kind() == JsonKind::array));
    BOOST_TEST(!at("a").member("s"));
    BOOST_TEST(!at("s").member("s"));
    BOOST_TEST(!root.member("S"));
}

BOOST_AUTO_TEST_CASE(plain_text_behaves_as_a_string) {
    auto const value = JsonValue::of_text("a\"b");
    BOOST_TEST((value.kind() == JsonKind::string));
    BOOST_TEST(dumped(value) == "\"a\\\"b\"");
    BOOST_TEST(!value.has_lone_surrogate());
}

// RapidJSON reads what is right, our reader what it refuses: where both can, they must agree, or a
// client could choose which of the two is asked.
BOOST_AUTO_TEST_CASE(both_readers_agree_on_seeded_garbage) {
    constexpr std::string_view parts[] = {"{",
                                          "}",
                                          "[",
                                          "]",
                                          ",",
                                          ":",
                                          "\"",
                                          "\\",
                                          "\\u",
                                          "\\ud83d",
                                          "\\ude00",
                                          "\\udc00",
                                          "\\n",
                                          "1",
                                          "0",
                                          "-",
                                          ".",
                                          "e",
                                          "12",
                                          "1.5",
                                          "1e5",
                                          "1e400",
                                          "-0",
                                          "true",
                                          "null",
                                          "NaN",
                                          "Infinity",
                                          "nul",
                                          "\"a\"",
                                          "\"b\"",
                                          "é",
                                          "😀",
                                          " ",
                                          "\n",
                                          "\x0b",
                                          "\x1f",
                                          "{\"a\":1}",
                                          "[1,2]",
                                          "\"a\":",
                                          "\"\\u0061\":",
                                          "123456789012345678901234567890",
                                          "/",
                                          "\xEF\xBB\xBF"};
    std::mt19937 random(20);
    auto const below = [&](std::size_t n) { return random() % n; };
    int accepted = 0;
    for (int round = 0; round < 60'000; ++round) {
        std::string text;
        switch (below(3)) {
            case 0:
                text = R"({"title":"T","content":["x",1,null,-1.5e3],"user_id":{"a":1,"a":2}})";
                break;
            case 1:
                text = R"([{"a":"\u00fc\ud83d\ude00"},[[],{}],0,-0.0,"é"])";
                break;
            default:
                break;
        }
        for (auto edits = text.empty() ? 1 + below(9) : below(3); edits > 0; --edits) {
            auto const at = below(text.size() + 1);
            if (below(3) == 0 && !text.empty())
                text.erase(at, 1 + below(3));
            else
                text.insert(at, parts[below(std::size(parts))]);
        }
        if (!is_utf8(text)) continue;
        auto const ours = parsed(text, 20), theirs = parsed_as_cpython(text, 20);
        if (ours != theirs) BOOST_TEST_CONTEXT("text " << text) {
                BOOST_TEST(ours == theirs);
            }
        accepted += std::holds_alternative<JsonDocument>(parse_json(text, 20));
    }
    BOOST_TEST(accepted > 10'000);
}

BOOST_AUTO_TEST_SUITE_END()
