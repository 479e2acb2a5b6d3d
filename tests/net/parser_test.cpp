#include "net/parser.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog::net;
namespace data = boost::unit_test::data;
using std::string_literals::operator""s;

namespace {

struct Parsed {
    Progress progress;
    Head head;
    Refusal why;
    int status() const {
        if (progress == Progress::need_more) return 0;
        return progress == Progress::done ? 200 : static_cast<int>(why.status);
    }
};

Parsed parse(std::string_view text, Limits const& limits = {}) {
    Parsed out;
    out.progress = parse_head(text, limits, out.head, out.why);
    return out;
}

// A request with these field lines, each ended by CR LF.
std::string with(std::string_view lines, std::string_view version = "HTTP/1.1") {
    return "POST /p " + std::string(version) + "\r\nHost: x\r\n" + std::string(lines) + "\r\n";
}

struct Case {
    std::string text;
    int status;
};
std::ostream& operator<<(std::ostream& out, Case const& c) {
    return out << c.status << " " << c.text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parser)

BOOST_AUTO_TEST_CASE(reads_a_head) {
    std::string const text =
        "GET /a%20b/%zz?x=%20 HTTP/1.1\r\nHost: example.com:80\r\nAccept:  a, b "
        "\t\r\nX-Empty:\r\n\r\nBODY";
    auto const parsed = parse(text);
    BOOST_REQUIRE((parsed.progress == Progress::done));
    auto const& head = parsed.head;
    BOOST_TEST((head.method == Method::get));
    BOOST_TEST(head.method_text == "GET");
    BOOST_TEST(head.path == "/a b/%zz");
    BOOST_TEST(head.query == "x=%20");
    BOOST_TEST(head.bytes == text.size() - 4);
    BOOST_REQUIRE(head.headers.size() == 3u);
    BOOST_TEST(head.headers[1].name == "Accept");
    BOOST_TEST(head.headers[1].value == "a, b");
    BOOST_TEST(head.headers[2].value == "");
    BOOST_TEST(head.keep_alive);
    BOOST_TEST(!head.http_1_0);
    BOOST_TEST(!head.has_body());
}

BOOST_AUTO_TEST_CASE(every_prefix_wants_more) {
    auto const text = "\r\n" + with("Content-Length: 3\r\nX-Field: value\r\n");
    for (std::size_t size = 0; size < text.size(); ++size)
        BOOST_TEST((parse(std::string_view(text).substr(0, size)).progress == Progress::need_more));
    BOOST_TEST((parse(text).progress == Progress::done));
}

// Request line

Case const request_lines[] = {
    {"GET / HTTP/1.1", 200},
    {"HEAD / HTTP/1.1", 200},
    {"TRACE / HTTP/1.1", 200},
    {"OPTIONS * HTTP/1.1", 200},
    {"GET /?a=b HTTP/1.0", 200},
    {"GET /a|b^{c}\"<d>` HTTP/1.1", 200},  // browsers send some of these
    {"GET // HTTP/1.1", 200},
    {"BREW / HTTP/1.1", 400},
    {"get / HTTP/1.1", 400},
    {"CONNECT x:443 HTTP/1.1", 400},
    {"G(T / HTTP/1.1", 400},
    {" GET / HTTP/1.1", 400},
    {"GET", 400},
    {"GET /", 400},
    {"GET  / HTTP/1.1", 400},
    {"GET /  HTTP/1.1", 400},
    {"GET / HTTP/1.1 ", 400},
    {"GET\t/ HTTP/1.1", 400},
    {"GET / a HTTP/1.1", 400},
    {"GET a HTTP/1.1", 400},
    {"GET * HTTP/1.1", 400},
    {"GET ?x HTTP/1.1", 400},
    {"GET /a#b HTTP/1.1", 400},
    {"GET /h\xc3\xb6 HTTP/1.1", 400},
    {"GET /a\x01 HTTP/1.1", 400},
    {"GET /a\x7f HTTP/1.1", 400},
    {"GET /a\0b HTTP/1.1"s, 400},
    {"GET / HTTP/1.10", 400},
    {"GET / HTTP/1", 400},
    {"GET / http/1.1", 400},
    {"GET / HTTP/1,1", 400},
    {"GET / XTTP/1.1", 400},
    {"GET / HTTP/2.0", 505},
    {"GET / HTTP/0.9", 505},
    {"GET / HTTP/1.2", 505},
    {"PRI * HTTP/2.0", 505},
};

BOOST_DATA_TEST_CASE(judges_the_request_line, data::make(request_lines), sample) {
    BOOST_TEST(parse(sample.text + "\r\nHost: x\r\n\r\n").status() == sample.status);
}

BOOST_AUTO_TEST_CASE(a_refusal_says_what_is_accepted) {
    auto const why = parse("BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(why.why.detail.starts_with("Invalid HTTP request received"));
    BOOST_TEST(why.why.detail.find("GET, HEAD, POST") != std::string::npos);
    BOOST_TEST(why.head.path == "/coffee");  // so that /api errors can be JSON
    BOOST_TEST(why.head.method_text == "BREW");
}

BOOST_AUTO_TEST_CASE(what_never_ends_a_line_is_refused_at_once) {
    BOOST_TEST(parse("\x16\x03\x01\x02").status() == 400);  // TLS
    BOOST_TEST(parse("GET / HTTP/1.1\n\n").status() == 400);
    BOOST_TEST(parse("GET / HTTP/1.1\r\nHost: x\n\n").status() == 400);
}

struct Absolute {
    char const *target, *path, *host;
};
std::ostream& operator<<(std::ostream& out, Absolute const& a) {
    return out << a.target;
}

Absolute const absolutes[] = {
    {"http://y.example/a?b", "/a", "y.example"},
    {"HTTP://y:80", "/", "y:80"},
    {"https://[::1]:1/x", "/x", "[::1]:1"},
    {"http://y?q", "/", "y"},
    {"http://y/%41", "/A", "y"},
};

BOOST_DATA_TEST_CASE(the_authority_of_the_target_wins_over_host, data::make(absolutes), sample) {
    auto const text = "GET " + std::string(sample.target) + " HTTP/1.1\r\nhost: x\r\n\r\n";
    auto const parsed = parse(text);
    BOOST_REQUIRE((parsed.progress == Progress::done));
    BOOST_TEST(parsed.head.path == sample.path);
    BOOST_TEST(parsed.head.headers.at(0).value == sample.host);
}

BOOST_AUTO_TEST_CASE(options_of_a_whole_server_has_two_spellings) {
    auto const text = "OPTIONS http://y HTTP/1.1\r\nHost: x\r\n\r\n"s;
    BOOST_TEST(parse(text).head.path == "*");
}

BOOST_DATA_TEST_CASE(refuses_a_bad_absolute_target,
                     data::make({"ftp://y/", "http:/y", "http://", "http:///a", "http://u@y/",
                                 "http://y:x/", "y://", "http//y", "http:y"}),
                     target) {
    BOOST_TEST(parse("GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n").status() ==
               400);
}

// Host

Case const hosts[] = {
    {"Host: x\r\n", 200},
    {"Host:x:8000\r\n", 200},
    {"HOST: [::1]:80\r\n", 200},
    {"Host:\t x \t\r\n", 200},
    {"", 400},
    {"Host:\r\n", 400},
    {"Host: \r\n", 400},
    {"Host: x\r\nHost: x\r\n", 400},
    {"Host: x\r\nHost: y\r\n", 400},
    {"Host: a b\r\n", 400},
    {"Host: user@host\r\n", 400},
    {"Host: a\\b\r\n", 400},
    {"Host: x?y\r\n", 400},
    {"Host: x/y\r\n", 400},
    {"Host: x:port\r\n", 400},
    {"Host: x:65536\r\n", 400},
    {"Host: a, b\r\n", 400},
    {"Host: http://x\r\n", 400},
    {"Hos: x\r\n", 400},
};

BOOST_DATA_TEST_CASE(judges_the_host, data::make(hosts), sample) {
    BOOST_TEST(parse("GET / HTTP/1.1\r\n" + sample.text + "\r\n").status() == sample.status);
    auto const absolute = parse("GET http://y/ HTTP/1.1\r\n" + sample.text + "\r\n");
    BOOST_TEST(absolute.status() == sample.status);
}

BOOST_AUTO_TEST_CASE(http_1_0_needs_no_host) {
    BOOST_TEST(parse("GET / HTTP/1.0\r\n\r\n").status() == 200);
    BOOST_TEST(parse("GET / HTTP/1.0\r\nHost: a b\r\n\r\n").status() == 400);
}

// Framing: reliability.md 4.1, 4.2, 4.4

Case const framings[] = {
    {"Transfer-Encoding: chunked\r\n", 200},
    {"Transfer-Encoding: CHUNKED\r\n", 200},
    {"Transfer-Encoding:\tchunked \r\n", 200},
    {"Transfer-Encoding: xchunked\r\n", 400},
    {"Transfer-Encoding: chunkedx\r\n", 400},
    {"Transfer-Encoding: identity\r\n", 400},
    {"Transfer-Encoding: gzip\r\n", 400},
    {"Transfer-Encoding: chunked, gzip\r\n", 400},
    {"Transfer-Encoding: chunked, identity\r\n", 400},
    {"Transfer-Encoding: chunked, chunked\r\n", 400},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
    {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", 400},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400},
    {"Transfer-Encoding: \"chunked\"\r\n", 400},
    {"Transfer-Encoding: 'chunked'\r\n", 400},
    {"Transfer-Encoding: chunked;q=1\r\n", 400},
    {"Transfer-Encoding:\r\n", 400},
    {"Transfer-Encoding: ,chunked\r\n", 400},
    {"Transfer-Encoding: chunked,\r\n", 400},
    {"Transfer-Encoding: \xa0"
     "chunked\r\n",
     400},
    {"Transfer-Encoding: \x0b"
     "chunked\r\n",
     400},
    {"Transfer-Encoding: chunk\r\n", 400},
    {"Transfer-Encoding: gzip, chunked\r\n", 501},
    {"Transfer-Encoding: x, gzip , chunked\r\n", 501},
    {"Transfer-Encoding : chunked\r\n", 400},
    {"Transfer-Encoding\r\n", 400},
    {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400},
    {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400},
    {"Content-Length: 5\r\nTransfer-Encoding: gzip\r\n", 400},
    {"Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", 400},
    {"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", 400},
    {"Content-Length: 5\r\n", 200},
    {"Content-Length: 0\r\n", 200},
    {"Content-Length: 005\r\n", 200},
    {"content-length:\t5 \r\n", 200},
    {"Content-Length:\r\n", 400},
    {"Content-Length: +5\r\n", 400},
    {"Content-Length: -5\r\n", 400},
    {"Content-Length: 0x5\r\n", 400},
    {"Content-Length: 5x\r\n", 400},
    {"Content-Length: 5 5\r\n", 400},
    {"Content-Length: 5.0\r\n", 400},
    {"Content-Length: 1e1\r\n", 400},
    {"Content-Length: \"5\"\r\n", 400},
    {"Content-Length: 5, 5\r\n", 400},
    {"Content-Length: 5, 6\r\n", 400},
    {"Content-Length: ,5\r\n", 400},
    {"Content-Length: 5\r\nContent-Length: 5\r\n", 400},
    {"Content-Length: 5\r\nContent-Length: 6\r\n", 400},
    {"Content-Length: 18446744073709551616\r\n", 400},
    {"Content-Length: 99999999999999999999999\r\n", 400},
    {"Content-Length: 18446744073709551615\r\n", 413},
    {"Content-Length: 1048576\r\n", 200},
    {"Content-Length: 1048577\r\n", 413},
    {"Content-Length: 1048577\r\nExpect: 100-continue\r\n", 413},
    {"Content_Length: 5\r\n", 200},  // another field
    {"Expect: 100-continue\r\n", 200},
    {"Expect: 100-CONTINUE\r\n", 200},
    {"Expect: 200-ok\r\n", 417},
    {"Expect: 100-continue, x\r\n", 417},
    {"Expect: 100-continue\r\nExpect: x\r\n", 417},
    {"Expect: x\r\nExpect: 100-continue\r\n", 417},
};

BOOST_DATA_TEST_CASE(judges_the_framing, data::make(framings), sample) {
    BOOST_TEST(parse(with(sample.text)).status() == sample.status);
}

BOOST_AUTO_TEST_CASE(http_1_0_has_no_transfer_encoding_and_no_expectation) {
    BOOST_TEST(parse(with("Transfer-Encoding: chunked\r\n", "HTTP/1.0")).status() == 400);
    BOOST_TEST(parse(with("Content-Length: 5\r\n", "HTTP/1.0")).status() == 200);
    BOOST_TEST(parse(with("Expect: x\r\n", "HTTP/1.0")).status() == 200);
    BOOST_TEST(!parse(with("Content-Length: 5\r\nExpect: 100-continue\r\n", "HTTP/1.0"))
                    .head.expects_continue);
}

BOOST_AUTO_TEST_CASE(only_a_body_is_waited_for) {
    BOOST_TEST(parse(with("Content-Length: 5\r\nExpect: 100-continue\r\n")).head.expects_continue);
    BOOST_TEST(parse(with("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"))
                   .head.expects_continue);
    BOOST_TEST(!parse(with("Content-Length: 0\r\nExpect: 100-continue\r\n")).head.expects_continue);
    BOOST_TEST(!parse(with("Expect: 100-continue\r\n")).head.expects_continue);
}

// Field lines

Case const fields[] = {
    {"X-A: b\r\n", 200},
    {"X-A:b\r\n", 200},
    {"!#$%&'*+-.^_`|~09: b\r\n", 200},
    {"X: \xc3\xb6\r\n", 200},
    {"X: a\tb\r\n", 200},
    {"X-A : b\r\n", 400},
    {"X-A\t: b\r\n", 400},
    {" X-A: b\r\n", 400},
    {": b\r\n", 400},
    {"X-A\r\n", 400},
    {"X(A: b\r\n", 400},
    {"X\xc3\xb6: b\r\n", 400},
    {"X: a\r\n b\r\n", 400},  // folded
    {"X: a\r\n\tb\r\n", 400},
    {"X:\r\n b\r\n", 400},
    {"X: \r\n \r\n", 400},
    {"X: a\r\n \r\n", 400},
    {"X:\r\n \r\n b\r\n", 400},
    {"Content-Length:\r\n 5\r\n", 400},
    {"Transfer-Encoding:\r\n chunked\r\n", 400},
    {"X: a\rb\r\n", 400},  // bare CR, bare LF
    {"X: a\r\r\n", 400},
    {"X: a\nY: b\r\n", 400},
    {"X: a\n", 400},
    {"X: a\0b\r\n"s, 400},
    {"X\0: b\r\n"s, 400},
    {"X: a\x01\r\n", 400},
    {"X: a\x7f\r\n", 400},
    {"Connection: close\r\n", 200},
    {"Connection: keep-alive, Upgrade\r\nUpgrade: h2c\r\n", 200},
};

BOOST_DATA_TEST_CASE(judges_field_lines, data::make(fields), sample) {
    BOOST_TEST(parse(with(sample.text)).status() == sample.status);
}

BOOST_AUTO_TEST_CASE(connection_says_whether_more_comes) {
    BOOST_TEST(!parse(with("Connection: close\r\n")).head.keep_alive);
    BOOST_TEST(!parse(with("Connection: x, CLOSE\r\n")).head.keep_alive);
    BOOST_TEST(!parse(with("Connection: keep-alive\r\nConnection: close\r\n")).head.keep_alive);
    BOOST_TEST(!parse(with("", "HTTP/1.0")).head.keep_alive);
    BOOST_TEST(parse(with("Connection: Keep-Alive\r\n", "HTTP/1.0")).head.keep_alive);
}

BOOST_AUTO_TEST_CASE(a_few_empty_lines_may_come_first) {
    auto const request = with("");
    BOOST_TEST(parse("\r\n" + request).head.bytes == request.size() + 2);
    std::string eight, nine;
    for (int i = 0; i < 8; ++i)
        eight += "\r\n";
    nine = eight + "\r\n";
    BOOST_TEST(parse(eight + request).status() == 200);
    BOOST_TEST(parse(nine + request).status() == 400);
    BOOST_TEST(parse(nine).status() == 400);
    BOOST_TEST(parse("\n" + request).status() == 400);
    BOOST_TEST(parse("\r" + request).status() == 400);
}

BOOST_AUTO_TEST_CASE(parsing_again_is_worth_it_only_after_a_line) {
    Limits const limits;
    std::string const text = "GET / HTTP/1.1\r\nHost: x";
    BOOST_TEST(worth_parsing(text, 0, limits));
    BOOST_TEST(!worth_parsing(text, text.size() - 1, limits));
    BOOST_TEST(worth_parsing(text + "\n", text.size(), limits));
    BOOST_TEST(worth_parsing(std::string(limits.head_bytes_max, 'a'), 1, limits));
    BOOST_TEST(worth_parsing(std::string(limits.target_bytes_max + 1, 'a'), 1, limits));
}

BOOST_AUTO_TEST_SUITE_END()
