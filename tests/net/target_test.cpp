#include "net/target.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace blog::net;
namespace data = boost::unit_test::data;
using std::string_literals::operator""s;

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(splits_at_the_first_question_mark) {
    auto const split = split_target("/a/b?x=1?y");
    BOOST_TEST(split.path == "/a/b");
    BOOST_TEST(split.query == "x=1?y");
    BOOST_TEST(split_target("/a").path == "/a");
    BOOST_TEST(split_target("/a").query == "");
    BOOST_TEST(split_target("?").path == "");
}

struct Escape {
    std::string escaped, decoded;
};
std::ostream& operator<<(std::ostream& out, Escape const& e) {
    return out << e.escaped;
}

Escape const escapes[] = {
    {"/plain", "/plain"},   {"/a%20b", "/a b"}, {"%2F", "/"},   {"%2f", "/"},     {"%00", "\0"s},
    {"%C3%B6", "\xc3\xb6"}, {"%ff", "\xff"},    {"%", "%"},     {"%2", "%2"},     {"%zz", "%zz"},
    {"%%20", "% "},         {"%2%20", "%2 "},   {"a+b", "a+b"}, {"%252F", "%2F"}, {"", ""},
    {"%u0041", "%u0041"},   {"%+1", "%+1"},     {"%0x", "%0x"},
};

BOOST_DATA_TEST_CASE(decodes_escapes_and_leaves_what_is_none, data::make(escapes), escape) {
    std::string out = "kept:";
    append_percent_decoded(escape.escaped, out);
    BOOST_TEST(out == "kept:" + escape.decoded);
}

struct Query {
    char const *text, *read;
};
std::ostream& operator<<(std::ostream& out, Query const& q) {
    return out << q.text;
}

Query const queries[] = {
    {"", ""},
    {"a=1", "a=1;"},
    {"a=1&b=2", "a=1;b=2;"},
    {"a=1&a=2", "a=1;a=2;"},
    {"a", "a=;"},
    {"a=", "a=;"},
    {"=1", "=1;"},
    {"&&a=1&", "a=1;"},
    {"a=x+y%2Bz", "a=x y+z;"},
    {"a+b=1", "a b=1;"},
    {"a=1=2", "a=1=2;"},
    {"a=%zz%", "a=%zz%;"},
    {"a=%26&b=%3D", "a=&;b==;"},
    {"a=1;b=2", "a=1;b=2;"},
};

BOOST_DATA_TEST_CASE(walks_the_parameters_of_a_query, data::make(queries), query) {
    std::string name, value, read;
    for (QueryReader reader(query.text); reader.next(name, value);)
        read += name + "=" + value + ";";
    BOOST_TEST(read == query.read);
}

BOOST_AUTO_TEST_CASE(finds_one_parameter) {
    BOOST_TEST(query_value("skip=1&limit=2", "limit").value() == "2");
    BOOST_TEST(query_value("limit=2&limit=3", "limit").value() == "2");
    BOOST_TEST(query_value("limit", "limit").value() == "");
    BOOST_TEST(!query_value("limits=2", "limit"));
}

BOOST_DATA_TEST_CASE(accepts_a_host,
                     data::make({"x", "example.com", "example.com:80",
                                 "example.com:", "127.0.0.1:8000", "[::1]", "[2001:db8::1]:8000",
                                 "a_b-c.d~", "%41.example", "1", "x.", "xn--bcher-kva.example",
                                 "a,b;c=d", "[::ffff:1.2.3.4]:1"}),
                     authority) {
    BOOST_TEST(valid_authority(authority));
}

BOOST_DATA_TEST_CASE(refuses_a_host,
                     data::make({"",       "a b",         "user@host", "a\\b",
                                 "x?y",    "x/y",         "x#y",       ":80",
                                 "x:80x",  "x:-1",        "x:65536",   "x:99999999999999999999",
                                 "x:1:2",  "[::1",        "::1",       "[]",
                                 "[::1]x", "[::1]:x",     "[1.2.3.4]", "[::g]",
                                 "x%",     "x%4",         "x%zz",      "a\"b",
                                 "a<b",    "h\xc3\xb6st", "a\tb",      "a,b c",
                                 "x:80,y"}),
                     authority) {
    BOOST_TEST(!valid_authority(authority));
}

BOOST_AUTO_TEST_CASE(a_nul_is_no_host) {
    BOOST_TEST(!valid_authority("x\0y"s));
}

BOOST_AUTO_TEST_SUITE_END()
