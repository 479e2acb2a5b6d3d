#include "net/chunked.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog::net;
namespace data = boost::unit_test::data;
using std::string_literals::operator""s;

namespace {

struct Outcome {
    Progress progress;
    std::string body;
    std::size_t consumed;
    int status;
};

Outcome decode(std::string_view text, Limits const& limits = {}) {
    ChunkDecoder decoder(limits);
    Refusal why;
    Outcome out{};
    auto const step = decoder.decode(text, out.body, why);
    out.progress = step.progress;
    out.consumed = step.consumed;
    out.status = static_cast<int>(why.status);
    return out;
}

// The same, byte by byte, as a caller with a buffer does it.
Outcome decode_slowly(std::string_view text) {
    Limits const limits;
    ChunkDecoder decoder(limits);
    Refusal why;
    Outcome out{};
    std::string buffer;
    for (char const c : text) {
        buffer += c;
        auto const step = decoder.decode(buffer, out.body, why);
        out.progress = step.progress;
        out.consumed += step.consumed;
        buffer.erase(0, step.consumed);
        if (step.progress != Progress::need_more) break;
    }
    out.status = static_cast<int>(why.status);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(chunked)

struct Good {
    std::string text, body;
};
std::ostream& operator<<(std::ostream& out, Good const& g) {
    return out << g.text;
}

Good const good[] = {
    {"0\r\n\r\n", ""},
    {"5\r\nhello\r\n0\r\n\r\n", "hello"},
    {"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello"},
    {"a\r\n0123456789\r\n00\r\n\r\n", "0123456789"},
    {"0000000000000005\r\nhello\r\n0\r\n\r\n", "hello"},
    {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
    {"5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello"},
    {"5 ; a = \"b\\\"\t;c\" ;d\r\nhello\r\n0\r\n\r\n", "hello"},
    {"0\r\nA: b\r\nContent-Length: 7\r\nC:\r\n\r\n", ""},
};

BOOST_DATA_TEST_CASE(decodes_a_body, data::make(good), sample) {
    for (auto const& out : {decode(sample.text + "GET"), decode_slowly(sample.text)}) {
        BOOST_TEST((out.progress == Progress::done));
        BOOST_TEST(out.body == sample.body);
        BOOST_TEST(out.consumed == sample.text.size());
    }
}

BOOST_AUTO_TEST_CASE(every_prefix_wants_more) {
    for (auto const& sample : good)
        for (std::size_t size = 0; size < sample.text.size(); ++size) {
            auto const out = decode(std::string_view(sample.text).substr(0, size));
            BOOST_TEST((out.progress == Progress::need_more), sample.text << " cut at " << size);
        }
}

std::string const bad[] = {
    "x\r\n",  // no size
    "\r\n",
    " 5\r\nhello\r\n0\r\n\r\n",
    "5 \r\nhello\r\n0\r\n\r\n",  // white space without an extension
    "0x5\r\nhello\r\n0\r\n\r\n",
    "+5\r\nhello\r\n0\r\n\r\n",
    "-5\r\nhello\r\n0\r\n\r\n",
    "5_0\r\nhello\r\n0\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",  // bare LF
    "5\rhello\r\n0\r\n\r\n",  // bare CR
    "5\r\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhelloXX0\r\n\r\n",  // any two bytes as a chunk end
    "5\r\nhello\rX0\r\n\r\n",
    "5\r\nhello world\r\n0\r\n\r\n",
    "10000000000000000\r\n",  // 2^64
    "fffffffffffffffff\r\n",
    "5;\r\nhello\r\n0\r\n\r\n",  // extensions
    "5;a=\r\nhello\r\n0\r\n\r\n",
    "5;=b\r\nhello\r\n0\r\n\r\n",
    "5;a=\"b\r\nhello\r\n0\r\n\r\n",
    "5;a=\"b\nc\"\r\nhello\r\n0\r\n\r\n",
    "5;a\nb\r\nhello\r\n0\r\n\r\n",
    "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n",
    "5;a b\r\nhello\r\n0\r\n\r\n",
    "5;a\0\r\nhello\r\n0\r\n\r\n"s,
    "5,a\r\nhello\r\n0\r\n\r\n",
    "0\r\nbad trailer\r\n\r\n",  // trailers
    "0\r\nA : b\r\n\r\n",
    "0\r\n: b\r\n\r\n",
    "0\r\n folded\r\n\r\n",
    "0\r\nA: b\nC: d\r\n\r\n",
    "0\r\nA: b\0\r\n\r\n"s,
    "0\r\nA: b\r\n\n",
    "0\r\n\rX",
    "0\r\n\n",
};

BOOST_DATA_TEST_CASE(refuses_sloppy_framing, data::make(bad), text) {
    for (auto const& out : {decode(text), decode_slowly(text)}) {
        BOOST_TEST((out.progress == Progress::refused));
        BOOST_TEST(out.status == 400);
    }
}

BOOST_AUTO_TEST_CASE(a_chunk_line_has_a_limit) {
    auto const line = [](std::size_t size) { return "1;" + std::string(size - 2, 'e'); };
    BOOST_TEST((decode(line(512) + "\r\n").progress == Progress::need_more));
    BOOST_TEST((decode(line(513) + "\r\n").progress == Progress::refused));
    BOOST_TEST((decode(line(513)).progress == Progress::need_more));  // its CR LF may be on the way
    BOOST_TEST((decode(line(515)).progress == Progress::refused));
    BOOST_TEST((decode(std::string(1000, '0')).progress == Progress::refused));
}

BOOST_AUTO_TEST_CASE(all_extensions_together_have_a_limit) {
    std::string const chunk = "1;" + std::string(99, 'e') + "\r\nx\r\n";
    std::string fits, exceeds;
    for (int i = 0; i < 163; ++i)
        fits += chunk;
    exceeds = fits + chunk;
    BOOST_TEST((decode(fits).progress == Progress::need_more));
    BOOST_TEST((decode(exceeds).progress == Progress::refused));
}

BOOST_AUTO_TEST_CASE(the_trailer_has_a_limit) {
    auto const trailer = [](std::size_t size) {
        return "0\r\nA:" + std::string(size - 2, 't') + "\r\n\r\n";
    };
    BOOST_TEST((decode(trailer(8192)).progress == Progress::done));
    auto const over = decode(trailer(8193));
    BOOST_TEST((over.progress == Progress::refused));
    BOOST_TEST(over.status == 431);
    BOOST_TEST(decode("0\r\n" + std::string(70'000, 't')).status == 431);
    std::string many = "0\r\n";
    for (int i = 0; i < 5000; ++i)
        many += "A: b\r\n";
    BOOST_TEST(decode(many).status == 431);
}

BOOST_AUTO_TEST_CASE(the_body_has_a_limit_before_it_is_read) {
    Limits limits;
    limits.body_bytes_max = 16;
    BOOST_TEST((decode("10\r\n", limits).progress == Progress::need_more));
    auto const over = decode("11\r\n", limits);
    BOOST_TEST((over.progress == Progress::refused));
    BOOST_TEST(over.status == 413);
    BOOST_TEST(decode("ffffffffffffffff\r\n", limits).status == 413);
    BOOST_TEST(decode("8\r\n01234567\r\n9\r\n", limits).status == 413);
}

BOOST_AUTO_TEST_SUITE_END()
