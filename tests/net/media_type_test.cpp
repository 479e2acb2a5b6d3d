#include "net/media_type.hpp"

#include <boost/test/unit_test.hpp>

using namespace blog::net;

BOOST_AUTO_TEST_SUITE(media_type_test)

BOOST_AUTO_TEST_CASE(knows_the_types_of_a_site) {
    BOOST_TEST(media_type("css/main.css") == "text/css; charset=utf-8");
    BOOST_TEST(media_type("js/app.mjs") == "text/javascript; charset=utf-8");
    BOOST_TEST(media_type("profile_pics/default.jpg") == "image/jpeg");
    BOOST_TEST(media_type("icons/site.webmanifest") == "application/manifest+json");
    BOOST_TEST(media_type("icons/favicon.svg") == "image/svg+xml");
    BOOST_TEST(media_type("icons/favicon.ico") == "image/vnd.microsoft.icon");
    BOOST_TEST(media_type("font.woff2") == "font/woff2");
}

BOOST_AUTO_TEST_CASE(compares_without_case) {
    BOOST_TEST(media_type("A.JPG") == "image/jpeg");
    BOOST_TEST(media_type("a.WebManifest") == "application/manifest+json");
}

BOOST_AUTO_TEST_CASE(takes_only_the_last_ending_of_the_last_segment) {
    BOOST_TEST(media_type("photo.html.png") == "image/png");
    BOOST_TEST(media_type("photo.png.html") == "text/html; charset=utf-8");
    BOOST_TEST(media_type("folder.css/readme") == unknown_media_type);
}

BOOST_AUTO_TEST_CASE(does_not_guess) {
    BOOST_TEST(media_type("") == unknown_media_type);
    BOOST_TEST(media_type("css") == unknown_media_type);
    BOOST_TEST(media_type("file.") == unknown_media_type);
    BOOST_TEST(media_type("file.cs") == unknown_media_type);
    BOOST_TEST(media_type("file.css2") == unknown_media_type);
    BOOST_TEST(media_type("file.webmanifestx") == unknown_media_type);
    BOOST_TEST(media_type("file." + std::string(100'000, 'x')) == unknown_media_type);
}

BOOST_AUTO_TEST_CASE(an_svg_is_no_plain_image) {
    BOOST_TEST(is_plain_image("image/png"));
    BOOST_TEST(is_plain_image("image/webp"));
    BOOST_TEST(!is_plain_image("image/svg+xml"));
    BOOST_TEST(!is_plain_image("image/avif"));
}

BOOST_AUTO_TEST_SUITE_END()
