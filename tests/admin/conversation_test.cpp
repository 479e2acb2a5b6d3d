#include "admin/conversation.hpp"

#include <boost/test/unit_test.hpp>

namespace blog::admin {
namespace {

std::string record(char kind, std::string_view text) {
    std::string out;
    append_record(out, static_cast<RecordKind>(kind), text);
    return out;
}

BOOST_AUTO_TEST_SUITE(conversation)

BOOST_AUTO_TEST_CASE(a_record_is_kind_length_and_text) {
    using namespace std::string_view_literals;
    BOOST_TEST(record('w', "add") == "w\0\0\0\3add"sv);
    auto const bytes = record('o', std::string(300, 'x'));
    BOOST_TEST(bytes.substr(0, 5) == "o\0\0\1\x2c"sv);
}

BOOST_AUTO_TEST_CASE(a_record_is_taken_when_it_is_all_there) {
    auto const whole = record('o', "one") + record('d', "");
    for (std::size_t size = 0; size < 8; ++size) {
        std::string_view part = std::string_view(whole).substr(0, size);
        BOOST_TEST(!take_record(part));
        BOOST_TEST(part.size() == size);
    }
    std::string_view rest = whole;
    auto const first = take_record(rest);
    BOOST_REQUIRE(first);
    BOOST_TEST(first->text == "one");
    auto const second = take_record(rest);
    BOOST_REQUIRE(second);
    BOOST_TEST((second->kind == RecordKind::done));
    BOOST_TEST(rest.empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_refused) {
    using namespace std::string_view_literals;
    for (auto const bytes :
         {"GET / HTTP/1.1\r\n"sv, "\0\0\0\0\0"sv, "w\xff\xff\xff\xff"sv, "w\0\1\0\1"sv}) {
        auto rest = bytes;
        BOOST_CHECK_THROW(take_record(rest), ConversationError);
    }
}

BOOST_AUTO_TEST_CASE(a_request_comes_back_as_it_was) {
    using namespace std::string_literals;
    Request const sent{{"add", "", "A\0B"s, "--password-stdin"}, "pass\0word "s};
    auto const bytes = to_bytes(sent);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        BOOST_TEST(!parse_request(std::string_view(bytes).substr(0, size)));
    auto const got = parse_request(bytes);
    BOOST_REQUIRE(got);
    BOOST_TEST(got->words == sent.words, boost::test_tools::per_element());
    BOOST_TEST((got->secret == sent.secret));
    BOOST_TEST(!parse_request(to_bytes({{"list"}}))->secret);
}

BOOST_AUTO_TEST_CASE(records_in_the_wrong_place_are_refused) {
    for (auto const& bytes :
         {record('o', "x"), record('w', "a") + record('s', "1") + record('s', "2"),
          record('s', "1") + record('w', "a"), record('g', "") + record('w', "a")})
        BOOST_CHECK_THROW(parse_request(bytes), ConversationError);
}

BOOST_AUTO_TEST_CASE(a_request_has_a_largest_size) {
    std::string const word(request_bytes_max - 10, 'x');
    auto const bytes = to_bytes({{word}});
    BOOST_TEST(bytes.size() == request_bytes_max);
    BOOST_TEST(parse_request(bytes).has_value());
    BOOST_CHECK_THROW(to_bytes({{word + "x"}}), std::runtime_error);
    std::string endless;
    while (endless.size() <= request_bytes_max)
        endless += record('w', "x");
    BOOST_CHECK_THROW(parse_request(endless), ConversationError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace blog::admin
