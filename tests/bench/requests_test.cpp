#include "requests.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <stdexcept>

using blog::bench::Requests;

BOOST_AUTO_TEST_SUITE(requests)

BOOST_AUTO_TEST_CASE(are_whole) {
    Requests all("h:1", {"Accept-Encoding: gzip"}, "application/json");
    all.add("POST", "/a", 1, "{}");
    std::string out = "replaced";
    BOOST_TEST(!all.next(out));
    BOOST_TEST(out ==
               "POST /a HTTP/1.1\r\nHost: h:1\r\nAccept-Encoding: gzip\r\n"
               "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

BOOST_AUTO_TEST_CASE(are_mixed_by_weight) {
    Requests all("h", {}, "");
    all.add("GET /often 95");
    all.add("HEAD /seldom 5");
    std::map<bool, int> heads;
    std::string out;
    for (int i = 0; i < 10'000; ++i)
        ++heads[all.next(out)];
    BOOST_TEST(heads[true] > 400);
    BOOST_TEST(heads[true] < 600);
}

BOOST_AUTO_TEST_CASE(take_numbers_from_a_range) {
    Requests all("h", {}, "");
    all.add("GET", "/p/[8-11]/x");
    std::set<std::string> lines;
    std::string out;
    for (int i = 0; i < 1000; ++i) {
        all.next(out);
        lines.insert(out.substr(0, out.find("\r\n")));
    }
    BOOST_TEST((lines == std::set<std::string>{"GET /p/8/x HTTP/1.1", "GET /p/9/x HTTP/1.1",
                                               "GET /p/10/x HTTP/1.1", "GET /p/11/x HTTP/1.1"}));
}

BOOST_AUTO_TEST_CASE(that_make_no_sense_are_refused) {
    Requests all("h", {}, "");
    for (char const* const line : {"", "GET", "GET /", "GET / x", "GET / 0", "GET / -1",
                                   "GET /[2-1] 1", "GET /[a-b] 1", "POST / 1 /no/such/file"})
        BOOST_CHECK_THROW(all.add(std::string(line)), std::runtime_error);
    BOOST_TEST(all.empty());
}

BOOST_AUTO_TEST_SUITE_END()
