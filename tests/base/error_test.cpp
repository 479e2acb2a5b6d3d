#include "error.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace blog;

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(a_result_holds_its_value) {
    Result<std::unique_ptr<int>> r(std::make_unique<int>(7));
    BOOST_TEST_REQUIRE(static_cast<bool>(r));
    BOOST_TEST(**r == 7);
}

BOOST_AUTO_TEST_CASE(a_result_holds_its_error_and_where_it_was_made) {
    Result<int> const r(Error{Errc::post_not_found});
    BOOST_TEST_REQUIRE(!r);
    BOOST_TEST((r.error().code == Errc::post_not_found));
    BOOST_TEST(std::string_view(r.error().file).ends_with("error_test.cpp"));
}

BOOST_AUTO_TEST_CASE(a_result_of_nothing_succeeds_or_fails) {
    BOOST_TEST(static_cast<bool>(Result<>()));
    BOOST_TEST(!Result<>(Error{Errc::busy}));
}

BOOST_AUTO_TEST_SUITE_END()
