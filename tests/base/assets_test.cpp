#include "assets.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

using namespace blog;

BOOST_AUTO_TEST_SUITE(assets_test)

BOOST_AUTO_TEST_CASE(lists_every_path_once_in_order) {
    auto const all = assets();
    BOOST_TEST(!all.empty());
    BOOST_TEST(
        (std::ranges::adjacent_find(all, std::ranges::greater_equal{}, &Asset::path) == all.end()));
}

BOOST_AUTO_TEST_CASE(finds_exactly_what_is_there) {
    for (auto const& asset : assets())
        BOOST_TEST(find_asset(asset.path) == &asset);
    BOOST_TEST(!find_asset(""));
    BOOST_TEST(!find_asset("templates"));
    BOOST_TEST(!find_asset("templates/base.html "));
    BOOST_TEST(!find_asset("zzz"));
}

BOOST_AUTO_TEST_CASE(carries_the_files_of_www_as_they_are) {
    std::size_t compared = 0;
    for (auto const& asset : assets()) {
        if (asset.path.starts_with("vendor/")) continue;
        std::ifstream file(std::string(BLOG_SOURCE "/www/").append(asset.path), std::ios::binary);
        std::string const text(std::istreambuf_iterator<char>(file), {});
        BOOST_TEST((asset.bytes == text), asset.path);
        ++compared;
    }
    BOOST_TEST(compared > 0u);
}

BOOST_AUTO_TEST_CASE(every_hash_has_64_lower_case_digits) {
    for (auto const& asset : assets()) {
        BOOST_TEST(asset.sha256_hex.size() == 64u);
        BOOST_TEST(asset.sha256_hex.find_first_not_of("0123456789abcdef") ==
                   std::string_view::npos);
    }
}

BOOST_AUTO_TEST_CASE(third_party_assets_come_whole_with_their_licences_or_not_at_all) {
    for (auto const path : {"vendor/swagger-ui/swagger-ui.css", "vendor/redoc/redoc.standalone.js",
                            "vendor/swagger-ui/LICENSE", "vendor/redoc/LICENSE"})
        BOOST_TEST((find_asset(path) != nullptr) == has_vendor_assets(), path);
}

BOOST_AUTO_TEST_SUITE_END()
