#include "net/content_coding.hpp"

#include "net/support/unpack.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <random>
#include <string>

using namespace blog::net;
namespace data = boost::unit_test::data;

namespace {

struct Wish {
    char const* field;
    Coding wanted;
};
std::ostream& operator<<(std::ostream& out, Wish const& wish) {
    return out << '\'' << wish.field << '\'';
}

constexpr auto none = Coding::identity, gz = Coding::gzip, br = Coding::brotli;

constexpr Wish wishes[] = {
    // What clients send.
    {"", none},
    {"gzip", gz},
    {"br", br},
    {"gzip, deflate, br, zstd", br},
    {"gzip, deflate", gz},
    {"identity", none},
    {"*", br},
    {"deflate", none},
    {"zstd", none},
    {"x-gzip", gz},
    // Weights.
    {"gzip;q=1.0, br;q=0.5", gz},
    {"gzip;q=0.5, br;q=1.0", br},
    {"br;q=0.999, gzip", gz},
    {"br;q=0.1, gzip;q=0.09", br},
    {"br;q=0.001", br},
    {"gzip;q=0.5, br;q=0.5", br},
    {"br;q=1.000, gzip;q=1", br},
    // Nought means never.
    {"gzip;q=0", none},
    {"gzip;q=0.000", none},
    {"gzip;q=0., br;q=0", none},
    {"br;q=0, gzip", gz},
    {"br;q=0, gzip;q=0, *", none},
    // The asterisk stands for what is not named.
    {"*;q=0", none},
    {"gzip, *;q=0", gz},
    {"br;q=0, *", gz},
    {"*, br;q=0", gz},
    {"gzip;q=0.5, *;q=0.6", br},
    {"gzip;q=0.5, *;q=0.4", gz},
    {"*;q=0.5, identity;q=0.6", none},
    // As it is: when that is liked better, and when nothing else is left.
    {"identity, gzip;q=0.5", none},
    {"identity;q=0.5, gzip", gz},
    {"identity;q=0.5, gzip;q=0.5", gz},
    {"identity;q=0, gzip", gz},
    {"identity;q=0", none},
    {"identity;q=0, *;q=0", none},
    {"compress;q=1, identity;q=0.1, gzip;q=0.2", gz},
    // Spaces, case and empty elements.
    {" gzip ", gz},
    {"\tgzip\t;\tq=0", none},
    {"gzip ; q=0", none},
    {"gzip;q=0 ,br", br},
    {"GZIP", gz},
    {"Br", br},
    {"gzip;Q=0", none},
    {",, ,gzip,,", gz},
    {"gzip,br", br},
    // No sense.
    {",", none},
    {";", none},
    {";q=1", none},
    {"q=1", none},
    {"gzipped", none},
    {"gzi", none},
    {"g zip", none},
    {"gzip;q=", none},
    {"gzip;q=x", none},
    {"gzip;q=0x1", none},
    {"gzip;q=-1", none},
    {"gzip;q=2", none},
    {"gzip;q=1.5", none},
    {"gzip;q=10", none},
    {"gzip;q=.5", none},
    {"gzip;q=0,5", none},
    {"gzip;q=0.5;level=9", none},
    {"gzip;q=99999999999999999999", none},
    {"gzip;q=1,gzip;q=0", none},
    {"\"gzip\"", none},
    {"gzip\xff", none},
};

std::string text_of(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i)
        text += "<p>Paragraph " + std::to_string(i) + " of a page that says much the same.</p>\n";
    text.resize(size);
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(content_coding)

BOOST_DATA_TEST_CASE(takes_what_the_client_likes_best, data::make(wishes)) {
    BOOST_TEST((preferred_coding(sample.field) == sample.wanted),
               "got '" << to_string(preferred_coding(sample.field)) << "'");
}

BOOST_AUTO_TEST_CASE(takes_any_bytes_for_a_field) {
    std::mt19937 random(20260607);
    std::string_view const words[] = {"gzip", "br", "identity", "*", ",", ";", "q",
                                      "=",    "0",  "1",        ".", "5", " ", "\t"};
    for (int round = 0; round < 20'000; ++round) {
        std::string field;
        for (auto count = random() % 12; count > 0; --count)
            field += words[random() % std::size(words)];
        auto const first = preferred_coding(field);
        bool const named = field.find("gzip") != field.npos || field.find("br") != field.npos ||
                           field.find('*') != field.npos;
        BOOST_TEST((first == Coding::identity || named), field);
    }
}

BOOST_DATA_TEST_CASE(what_is_packed_comes_out_again,
                     data::make({600, 4096, 65'537, 1'000'000}) * data::make({1, 2}), size, which) {
    auto const coding = static_cast<Coding>(which);
    auto const text = text_of(static_cast<std::size_t>(size));
    auto const packed = compress(coding, text);
    BOOST_REQUIRE(packed.has_value());
    BOOST_TEST(packed->size() < text.size() / 2);
    BOOST_TEST((unpack(coding, *packed) == text));
    BOOST_TEST((*compress(coding, text) == *packed), "the same bytes each time, or the tag lies");
}

BOOST_AUTO_TEST_CASE(what_does_not_get_shorter_stays_as_it_is) {
    std::mt19937 random(7);
    std::string noise(10'000, '\0');
    for (auto& c : noise)
        c = static_cast<char>(random());
    for (auto const coding : {Coding::gzip, Coding::brotli}) {
        BOOST_TEST(!compress(coding, noise).has_value());
        BOOST_TEST(!compress(coding, "").has_value());
        BOOST_TEST(!compress(coding, "x").has_value());
    }
    BOOST_TEST(!compress(Coding::identity, text_of(5000)).has_value());
}

BOOST_AUTO_TEST_CASE(every_byte_survives) {
    std::string text;
    for (int i = 0; i < 4096; ++i)
        text += static_cast<char>(i % 256);
    for (auto const coding : {Coding::gzip, Coding::brotli})
        BOOST_TEST((unpack(coding, compress(coding, text).value()) == text));
}

BOOST_AUTO_TEST_CASE(texts_are_worth_packing_and_pictures_are_not) {
    for (auto const* type : {"text/html; charset=utf-8", "text/css", "application/json",
                             "application/json ; charset=utf-8", "application/problem+json",
                             "image/svg+xml", "application/atom+xml", "application/xml"})
        BOOST_TEST(is_compressible(type), type);
    for (auto const* type : {"", "image/png", "image/jpeg", "application/octet-stream",
                             "font/woff2", "application/zip", "application/jsonx", "video/mp4"})
        BOOST_TEST(!is_compressible(type), type);
}

BOOST_AUTO_TEST_CASE(codings_have_their_registered_names) {
    BOOST_TEST(to_string(Coding::gzip) == "gzip");
    BOOST_TEST(to_string(Coding::brotli) == "br");
    BOOST_TEST(to_string(Coding::identity) == "");
}

BOOST_AUTO_TEST_SUITE_END()
