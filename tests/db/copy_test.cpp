// What a copy is made of: which tables move, what a checksum tells apart, and PostgreSQL's format.
#include "db/copy_checksum.hpp"
#include "db/copy_tables.hpp"
#include "db/database_error.hpp"
#include "db/postgres/copy_format.hpp"
#include "db/postgres/utf8_length.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>

using namespace blog::db;
using namespace blog::db::postgres;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

using Row = std::vector<CopyValue>;

CopyValue number(std::int64_t n) {
    return {CopyValue::Is::integer, n};
}
CopyValue text(std::string_view t) {
    return {CopyValue::Is::text, 0, t};
}
CopyValue date(std::int64_t micros) {
    return {CopyValue::Is::date, micros};
}

FoundTable found(std::string name, std::vector<std::string> const& columns) {
    FoundTable table{std::move(name), {}};
    for (auto const& column : columns)
        table.columns.push_back({column, column == "password_hash"});
    return table;
}
FoundTable const users = found("users", {"id", "username", "email", "image_file"});
FoundTable const posts = found("posts", {"id", "title", "content", "user_id", "date_posted"});

std::string refusal(std::function<void()> const& function) {
    try {
        function();
    } catch (DatabaseError const& e) {
        return e.what();
    }
    return "";
}
std::string refusal_of(std::vector<FoundTable> const& tables) {
    return refusal([&] { tables_to_copy(tables, "x.db"); });
}
bool contains(std::string const& all, char const* part) {
    return all.find(part) != std::string::npos;
}

std::string checksum_of(std::vector<Row> const& rows) {
    CopyChecksum checksum;
    for (auto const& row : rows)
        checksum.add(row);
    return checksum.text();
}

// A table of one column of each kind behind its id.
CopyTable const things{
    "things", {{"id", CopyKind::integer}, {"name", CopyKind::text}, {"at", CopyKind::date}}};

struct Encoded {
    explicit Encoded(std::vector<ColumnType> types = {{}, {.may_be_null = true}, {}})
        : encoder(things, std::move(types), [this](std::string_view some) { bytes += some; }) {
        encoder.begin();
    }
    std::string refused(Row const& row) {
        return refusal([&] { encoder.add(row); });
    }
    std::string bytes;
    CopyEncoder encoder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(copy)

BOOST_AUTO_TEST_CASE(what_is_there_is_copied_authors_first) {
    auto const tables = tables_to_copy(
        std::vector{posts, users,
                    found("password_reset_tokens",
                          {"id", "user_id", "token_hash", "expires_at", "created_at"})},
        "x.db");
    BOOST_TEST_REQUIRE(tables.size() == 3u);
    BOOST_TEST(tables[0].column_list() == "id, username, email, image_file");
    BOOST_TEST(tables[1].column_list() == "id, title, content, user_id, date_posted");
    BOOST_TEST(tables[2].name == "password_reset_tokens");
    BOOST_TEST(tables_to_copy(std::vector{users, posts}, "x.db").size() == 2u);
}

BOOST_AUTO_TEST_CASE(columns_of_later_parts_come_along_as_strict_as_they_are) {
    auto more = users;
    more.columns.push_back({"password_hash", true});
    auto liked = posts;
    liked.columns.push_back({"likes", false});
    auto const tables = tables_to_copy(std::vector{more, liked}, "x.db");
    BOOST_TEST(tables[0].find("password_hash")->must_be_filled);
    BOOST_TEST(!tables[1].find("likes")->must_be_filled);
}

BOOST_AUTO_TEST_CASE(what_nobody_knows_is_named_and_refused) {
    BOOST_TEST(contains(refusal_of({users, posts, found("tags", {"id"})}), "the table tags"));
    auto odd = posts;
    odd.columns.push_back({"colour", false});
    BOOST_TEST(contains(refusal_of({users, odd}), "the column posts.colour"));
    BOOST_TEST(contains(refusal_of({users}), "the table posts is missing"));
    BOOST_TEST(
        contains(refusal_of({users, found("posts", {"id", "title"})}), "posts.content is missing"));
    for (auto const* const name : {"blogd_totals", "sqlite_sequence", "alembic_version"})
        BOOST_TEST(belongs_to_a_store(name));
    BOOST_TEST(!belongs_to_a_store("alembic_versions"));
}

BOOST_AUTO_TEST_CASE(a_target_that_wants_more_is_refused) {
    auto const tables = tables_to_copy(std::vector{users, posts}, "x.db");
    auto wanting = users;
    wanting.columns.push_back({"password_hash", true});
    BOOST_TEST(refusal([&] { check_target_table(tables[0], users, "y.db"); }) == "");
    BOOST_TEST(contains(refusal([&] { check_target_table(tables[0], wanting, "y.db"); }),
                        "y.db wants users.password_hash"));
}

BOOST_AUTO_TEST_CASE(checksums_tell_every_difference) {
    std::vector<std::vector<Row>> const different{
        {},
        {{number(1), text("ab"), text("c")}},
        {{number(1), text("a"), text("bc")}},
        {{number(1), text("ab"), {}}},
        {{number(1), text("ab"), text("")}},
        {{number(1), text("ab\0"sv), text("c")}},
        {{number(-1), text("ab"), text("c")}},
        {{number(256), text("ab"), text("c")}},
        {{date(1), text("ab"), text("c")}},
        {{number(1), text("ab"), text("c")}, {number(2), text("ab"), text("c")}},
        {{number(2), text("ab"), text("c")}, {number(1), text("ab"), text("c")}},
    };
    for (std::size_t i = 0; i < different.size(); ++i)
        for (std::size_t j = 0; j < different.size(); ++j)
            BOOST_TEST((checksum_of(different[i]) == checksum_of(different[j])) == (i == j));
    BOOST_TEST(checksum_of({}).size() == 32u);
}

BOOST_AUTO_TEST_CASE(characters_are_counted_and_broken_ones_found) {
    BOOST_TEST(utf8_length("").value() == 0u);
    BOOST_TEST(utf8_length("eight ascii letters").value() == 19u);
    BOOST_TEST(utf8_length("12345678\xc3\xbc\xe2\x98\x83\xf0\x9f\x98\x80").value() == 11u);
    BOOST_TEST(utf8_length("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"
                           "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf")
                   .value() == 9u);
    for (auto const broken :
         {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc2"sv, "\xc2\x41"sv, "\xe0\x9f\xbf"sv,
          "\xe2\x98"sv, "\xed\xa0\x80"sv, "\xf0\x8f\xbf\xbf"sv, "\xf0\x9f\x98"sv,
          "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xff"sv, "12345678\xff"sv}) {
        BOOST_TEST(!utf8_length(broken));
        BOOST_TEST(!utf8_length("1234567"s + std::string(broken) + "x"));
    }
}

BOOST_AUTO_TEST_CASE(rows_come_out_of_the_format_as_they_went_in) {
    std::vector<Row> const rows{
        {number(1), text("plain"), date(0)},
        {number(INT64_MIN), text(""), date(-62'167'219'200'000'000)},
        {number(INT64_MAX), {}, date(253'402'300'799'999'999)},
        {number(-256), text("a\0b\xef\xb7\x90\\.\n"sv), date(1)},
    };
    Encoded out;
    for (auto const& row : rows)
        out.encoder.add(row);
    out.encoder.end();

    CopyDecoder decoder(things);
    std::size_t at = 0;
    decoder.read(out.bytes, [&](CopyRow row) {
        BOOST_TEST(checksum_of({Row(row.begin(), row.end())}) == checksum_of({rows.at(at)}));
        ++at;
    });
    BOOST_TEST(at == rows.size());
    BOOST_TEST(decoder.at_end());
}

BOOST_AUTO_TEST_CASE(the_format_is_postgresqls) {
    Encoded out;
    out.encoder.add(Row{number(258), text("a\0"sv), date(946'684'800'000'001)});
    out.encoder.end();
    BOOST_TEST((out.bytes == "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
                             "\0\3"
                             "\0\0\0\x08\0\0\0\0\0\0\1\2"
                             "\0\0\0\4a\xef\xb7\x90"
                             "\0\0\0\x08\0\0\0\0\0\0\0\1"
                             "\377\377"s));
}

BOOST_AUTO_TEST_CASE(what_the_server_would_refuse_or_change_is_refused_by_id) {
    Encoded out({{.integer_bytes = 4}, {.chars_max = 3}, {}});
    BOOST_TEST(out.refused({number(1), text("\xc3\xbc\xc3\xbc\xc3\xbc"), date(0)}) == "");
    BOOST_TEST(contains(out.refused({number(7), text("abc "), date(0)}),
                        "things 7: name has 4 characters, the target takes 3"));
    BOOST_TEST(
        contains(out.refused({number(8), text("\xff"), date(0)}), "things 8: name is no valid"));
    BOOST_TEST(contains(out.refused({number(9), {}, date(0)}), "things 9: name is NULL"));
    BOOST_TEST(contains(out.refused({number(2'147'483'648), text(""), date(0)}),
                        "things 2147483648: id is 2147483648"));
    BOOST_TEST(out.refused({number(2'147'483'647), text(""), date(0)}) == "");
    BOOST_TEST(out.refused({number(-2'147'483'648), text(""), date(0)}) == "");
}

BOOST_AUTO_TEST_CASE(messages_that_are_no_rows_are_refused) {
    Encoded out;
    out.encoder.add(Row{number(1), text("a"), date(0)});
    auto const ignore = [](CopyRow) {};
    auto const read = [&](std::string const& bytes) {
        return refusal([&] { CopyDecoder(things).read(bytes, ignore); });
    };
    BOOST_TEST(read(out.bytes) == "");
    BOOST_TEST(contains(read(out.bytes.substr(0, out.bytes.size() - 1)), "a part of a row"));
    BOOST_TEST(contains(read("PGCOPY"), "a part of a row"));
    auto other = out.bytes;
    other[0] = 'p';
    BOOST_TEST(contains(read(other), "cannot read"));
    other = out.bytes;
    other[20] = 2;
    BOOST_TEST(contains(read(other), "other columns"));
    // Infinity.
    other = out.bytes;
    other.replace(other.size() - 8, 8, "\x7f\xff\xff\xff\xff\xff\xff\xff");
    BOOST_TEST(contains(read(other), "things 1: at is infinite"));
    other.replace(other.size() - 8, 8, "\x80\0\0\0\0\0\0\0"s);
    BOOST_TEST(contains(read(other), "things 1: at is infinite"));
}

BOOST_AUTO_TEST_SUITE_END()
