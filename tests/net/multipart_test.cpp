#include "net/multipart.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace blog::net;
namespace data = boost::unit_test::data;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

namespace {

struct Form {
    std::vector<FormPart> parts;
    std::string error;
};

// The body lies in a block of exactly its size, so that a sanitizer sees every step outside.
Form read(std::string_view text, std::string_view boundary = "b") {
    auto const body = std::make_unique<char[]>(text.size());
    text.copy(body.get(), text.size());
    MultipartReader reader({body.get(), text.size()}, boundary);
    Form form;
    static std::vector<std::string> kept;  // what the views show, once the body is gone
    kept.clear();
    kept.reserve(5000);
    FormPart part;
    while (reader.next(part)) {
        kept.emplace_back(part.content);
        part.content = kept.back();
        kept.emplace_back(part.content_type);
        part.content_type = kept.back();
        form.parts.push_back(part);
    }
    BOOST_TEST(!reader.next(part));
    form.error = reader.error();
    return form;
}

std::string field(std::string const& disposition, std::string const& content) {
    return "--b\r\nContent-Disposition: form-data" + disposition + "\r\n\r\n" + content + "\r\n";
}

// The only part of a body whose Content-Disposition has these parameters.
FormPart only_part(std::string const& disposition) {
    auto const form = read(field(disposition, "x") + "--b--\r\n");
    BOOST_TEST(form.error == "");
    BOOST_REQUIRE(form.parts.size() == 1u);
    return form.parts[0];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(multipart)

struct Boundary {
    char const *content_type, *boundary;
};
std::ostream& operator<<(std::ostream& out, Boundary const& b) {
    return out << b.content_type;
}

Boundary const boundaries[] = {
    {"multipart/form-data; boundary=abc", "abc"},
    {"Multipart/Form-Data;BOUNDARY=abc", "abc"},
    {"multipart/form-data; charset=utf-8; boundary=\"a b'()+_,-./:=?\"", "a b'()+_,-./:=?"},
    {"multipart/form-data; boundary=abc; boundary=def", "abc"},
    {"multipart/form-data; x=\"; boundary=no\"; boundary=yes", "yes"},
    {"multipart/form-data; boundary = abc ", "abc"},
    {"multipart/form-data; "
     "boundary=1234567890123456789012345678901234567890123456789012345678901234567890",
     "1234567890123456789012345678901234567890123456789012345678901234567890"},
    {"multipart/form-data; "
     "boundary=12345678901234567890123456789012345678901234567890123456789012345678901",
     nullptr},
    {"multipart/form-data", nullptr},
    {"multipart/form-data;", nullptr},
    {"multipart/form-data; boundary", nullptr},
    {"multipart/form-data; boundary=", nullptr},
    {"multipart/form-data; boundary=\"\"", nullptr},
    {"multipart/form-data; boundary=\"abc", nullptr},
    {"multipart/form-data; boundary=\"a \"", nullptr},
    {"multipart/form-data; boundary=\"a\\\"b\"", nullptr},
    {"multipart/form-data; boundary=a*b", nullptr},
    {"", nullptr},
};

BOOST_DATA_TEST_CASE(finds_the_boundary, data::make(boundaries), given) {
    auto const found = multipart_boundary(given.content_type);
    BOOST_TEST(found.has_value() == (given.boundary != nullptr));
    if (found && given.boundary != nullptr) BOOST_TEST(*found == given.boundary);
}

BOOST_AUTO_TEST_CASE(knows_its_media_type) {
    BOOST_TEST(is_multipart_form("Multipart/Form-Data ; boundary=x"));
    BOOST_TEST(!is_multipart_form("multipart/mixed; boundary=x"));
    BOOST_TEST(!is_multipart_form("multipart/form-dataX"));
    BOOST_TEST(!is_multipart_form(""));
}

BOOST_AUTO_TEST_CASE(reads_fields_and_files_in_order) {
    auto const form = read(
        "preamble --b\r\n--bx\r\n"
        "--b \t\r\n"
        "content-disposition: form-data; name=\"username\"\r\n\r\n"
        "a@b.example\r\n"
        "--b\r\n"
        "Content-Type: image/png \r\n"
        "X-Other: 1\r\n"
        "Content-Disposition: form-data; name=file; filename=\"a b.png\"\r\n\r\n"
        "\0\r\n--bc\r\n--b-\r\n\n--b\r\n--\r\n\r\n"
        "--b--\r\nepilogue\r\n--b\r\n"s);
    BOOST_TEST(form.error == "");
    BOOST_REQUIRE(form.parts.size() == 2u);
    BOOST_TEST(form.parts[0].name == "username");
    BOOST_TEST(!form.parts[0].filename);
    BOOST_TEST(form.parts[0].content == "a@b.example");
    BOOST_TEST(form.parts[0].content_type == "");
    BOOST_TEST(form.parts[1].name == "file");
    BOOST_TEST(form.parts[1].filename.value() == "a b.png");
    BOOST_TEST(form.parts[1].content_type == "image/png");
    BOOST_TEST(form.parts[1].content == "\0\r\n--bc\r\n--b-\r\n\n--b\r\n--\r\n"sv);
}

BOOST_AUTO_TEST_CASE(contents_may_be_empty_or_end_in_line_ends) {
    auto const form = read(field("; name=a", "") + field("; name=c", "\r\n\r\n") + "--b--");
    BOOST_TEST(form.error == "");
    BOOST_REQUIRE(form.parts.size() == 2u);
    BOOST_TEST(form.parts[0].content == "");
    BOOST_TEST(form.parts[1].content == "\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_form_without_fields) {
    for (auto const* const body :
         {"--b--", "--b--\r\n", "\r\n--b--\r\n", "pre\r\n--b-- \r\npost"}) {
        auto const form = read(body);
        BOOST_TEST(form.error == "");
        BOOST_TEST(form.parts.empty());
    }
}

struct Disposition {
    std::string text, name;
    std::optional<std::string> filename;
};
std::ostream& operator<<(std::ostream& out, Disposition const& d) {
    return out << d.text;
}

Disposition const dispositions[] = {
    {"; name=a", "a", {}},
    {";name=a;filename=b", "a", "b"},
    {"; NAME=\"a\"; FileName=\"b\";", "a", "b"},
    {"; name=\"\"", "", {}},
    {"; name=a; filename=\"\"", "a", ""},
    {"; name=\"a;b=c\"; filename=\"d; name=e\"", "a;b=c", "d; name=e"},
    {R"(; name="a \" b"; filename="c\\d\"e.png")", R"(a " b)", R"(c\d"e.png)"},
    {R"(; name=a; filename="C:\temp\x.png")", "a", R"(C:\temp\x.png)"},
    {"; name=\"%22%0d%0A\"; filename=\"%2F%41%22.png\"", "\"\r\n", "%2F%41\".png"},
    {"; name=a; filename*=UTF-8''%e2%82%ac%20x.png", "a", "\xe2\x82\xac x.png"},
    {"; name=a; filename*=x%20y", "a", "x y"},
    {"; name=a; filename=\"\xc3\xb6.png\"", "a", "\xc3\xb6.png"},
    {"; name=a; name=b", "a", {}},
    {" ; x=\"y\" ;; name = a ", "a", {}},
};

BOOST_DATA_TEST_CASE(reads_names_as_clients_write_them, data::make(dispositions), given) {
    auto const part = only_part(given.text);
    BOOST_TEST(part.name == given.name);
    BOOST_TEST((part.filename == given.filename));
}

struct Bad {
    std::string body, error;
};
std::ostream& operator<<(std::ostream& out, Bad const& b) {
    return out << b.body.substr(0, 80);
}

std::string const malformed = "The multipart body is malformed.";
std::string const ends_early = "The multipart body ends before its last boundary.";
std::string const no_name = "The Content-Disposition header field \"name\" must be provided.";

Bad const bads[] = {
    {"", malformed},
    {"--", malformed},
    {"--b", malformed},
    {"--b-", malformed},
    {"--c\r\n", malformed},
    {" --b\r\n", malformed},
    {"x\n--b\r\n\r\n", malformed},
    {"--b\nContent-Disposition: form-data; name=a\n\nx\n--b--\n", malformed},
    {"--b\r\n", ends_early},
    {"--b\r\nContent-Disposition: form-data; name=a\r\n", ends_early},
    {"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", ends_early},
    {field("; name=a", "x"), ends_early},
    {field("; name=a", "x") + "--b", ends_early},
    {field("; name=a", "x") + "--b-", ends_early},
    {field("; name=a", "x") + "--b--x", ends_early},
    {field("; name=a", "x") + "--b--\n", ends_early},
    {"--b\r\nContent-Disposition: form-data; name=a\n\nx\r\n--b--\r\n", ends_early},
    {"--b\r\n\r\nx\r\n--b--", no_name},
    {"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", no_name},
    {field("", "x") + "--b--", no_name},
    {field("; filename=a", "x") + "--b--", no_name},
    {field("; name", "x") + "--b--", malformed},
    {field("; name=\"a", "x") + "--b--", malformed},
    {field("; name=\"a\"b", "x") + "--b--", malformed},
    {field("; name=\"a\\", "x") + "--b--", malformed},
    {field("; n@me=a", "x") + "--b--", malformed},
    {field("; name=a\0b"s, "x") + "--b--", malformed},
    {field("; name=a\rb", "x") + "--b--", malformed},
    {field("; name=a\nb: c", "x") + "--b--", malformed},
    {field(";\r\n name=a", "x") + "--b--", no_name},
    {field("; name=a\r\nContent-Disposition: form-data; name=b", "x") + "--b--", malformed},
    {field("; name=a\r\nno colon", "x") + "--b--", malformed},
    {field("; name=a\r\n: no name", "x") + "--b--", malformed},
    {field("; name=" + std::string(8200, 'a'), "x") + "--b--",
     "Part headers exceeded maximum size of 8KB."},
};

BOOST_DATA_TEST_CASE(says_what_is_wrong, data::make(bads), bad) {
    auto const form = read(bad.body);
    BOOST_TEST(form.error == bad.error);
    BOOST_TEST(form.parts.empty());
}

BOOST_AUTO_TEST_CASE(limits) {
    auto const repeated = [](int times, std::string const& disposition) {
        std::string body;
        for (int i = 0; i < times; ++i)
            body += field(disposition, "x");
        return read(body + "--b--");
    };
    BOOST_TEST(repeated(1000, "; name=a").error == "");
    BOOST_TEST(repeated(1000, "; name=a").parts.size() == 1000u);
    BOOST_TEST(repeated(1001, "; name=a").error ==
               "Too many fields. Maximum number of fields is 1000.");
    BOOST_TEST(repeated(1000, "; name=a; filename=f").error == "");
    BOOST_TEST(repeated(1001, "; name=a; filename=f").error ==
               "Too many files. Maximum number of files is 1000.");

    std::string const mebibyte(1u << 20, 'x');
    BOOST_TEST(read(field("; name=a", mebibyte) + "--b--").error == "");
    BOOST_TEST(read(field("; name=a", mebibyte + "x") + "--b--").error ==
               "Part exceeded maximum size of 1024KB.");
    BOOST_TEST(read(field("; name=a; filename=f", mebibyte + "x") + "--b--").error == "");
}

// Every prefix of a good body is refused, but those that lack only the line end after the last
// boundary.
BOOST_AUTO_TEST_CASE(no_prefix_passes_for_the_whole) {
    auto const body =
        field("; name=a", "1") + field("; name=c; filename=\"d\"", "2\r\n--b-x") + "--b--\r\n";
    for (std::size_t size = 0; size < body.size(); ++size) {
        auto const form = read(body.substr(0, size));
        BOOST_TEST((form.error == "") == (size >= body.size() - 2 && size != body.size() - 1),
                   "after " << size);
    }
}

BOOST_AUTO_TEST_CASE(random_bodies_end) {
    std::mt19937 random(7);
    std::vector<std::string> const pieces{"\r\n",
                                          "--b",
                                          "--b--",
                                          "--b\r\n",
                                          "\r",
                                          "\n",
                                          "-",
                                          "\"",
                                          ";",
                                          "name=a",
                                          "filename=",
                                          "\\",
                                          ": ",
                                          "%22",
                                          "b",
                                          "\0"s,
                                          "=",
                                          "'",
                                          "Content-Disposition: form-data; name=\"x\"\r\n\r\n"};
    std::size_t parts = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string body = "--b\r\n";
        for (auto count = random() % 24; count > 0; --count)
            body += pieces[random() % pieces.size()];
        parts += read(body).parts.size();
    }
    BOOST_TEST(parts > 50u);
}

BOOST_AUTO_TEST_SUITE_END()
