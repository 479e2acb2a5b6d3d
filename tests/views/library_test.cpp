#include "views/library.hpp"

#include "fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace blog;
using namespace blog::views;
using namespace std::chrono_literals;

namespace {

test::Sources pages() {
    return {{"base.html", "<title>{{ site.name }}</title>{% block main %}{% endblock %}"},
            {"card.html",
             "[{{ post.title }} by {{ post.author }}, {{ post.date_posted|date }}: "
             "<img src=\"{{ post.image_path|path }}\">]"},
            {"home.html",
             "{% extends 'base.html' %}{% block main %}{% for post in posts %}"
             "{% include 'card.html' %}{% else %}empty{% endfor %}{% if older_href %}"
             "<a href=\"{{ older_href }}\">older</a>{% endif %}{% endblock %}"},
            {"post.html",
             "{% extends 'base.html' %}{% block main %}{{ page_title }}"
             "{% include 'card.html' %}{{ post.content }}{% endblock %}"},
            {"user.html", "{{ username }}: {{ total }} {{ user_id }}"},
            {"error.html", "{{ status }} {{ reason }}: {{ message }}"},
            {"docs.html", "{% if kind == \"redoc\" and available %}r{% else %}s{% endif %}"},
            {"register.html", "{{ next }}"},
            {"login.html",
             "{{ form.trouble }}{% for field in form.fields %}"
             "<input name=\"{{ field.name }}\" value=\"{{ field.value }}\">{% endfor %}"},
            {"forgot_password.html", ""},
            {"reset_password.html", "{{ token }}"},
            {"account.html", "{% for s in sessions %}{{ s.device }}{% endfor %}"},
            {"delete_account.html", "{{ email }}"},
            {"writing.html", "{{ post_id }}"},
            {"delete_post.html", "{{ title }}"}};
}

PostCard card() {
    return {.id = 7,
            .title = "<Title>",
            .content = "a & b",
            .date_posted = std::chrono::sys_days(2026y / 6 / 8),
            .author_id = 3,
            .author = "Ada",
            .image_path = "/media/profile_pics/a b.png"};
}

template <class Page>
std::string rendered(Library const& library, Page const& page) {
    std::string out;
    library.render(page, out);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(library)

BOOST_AUTO_TEST_CASE(renders_every_page) {
    Library const library(test::source_of(pages()), test::asset_url);
    auto const shown =
        "[&lt;Title&gt; by Ada, June 08, 2026: "
        "<img src=\"/media/profile_pics/a%20b.png\">]";
    HomePage const home{
        .site = {"Blog & Co"}, .posts = {card()}, .newer_href = "", .older_href = "/?before=1,2&x"};
    BOOST_TEST(rendered(library, home) == std::string("<title>Blog &amp; Co</title>") + shown +
                                              "<a href=\"/?before=1,2&amp;x\">older</a>");
    BOOST_TEST(rendered(library, HomePage{.site = {"B"}}) == "<title>B</title>empty");
    BOOST_TEST(rendered(library, PostPage{.site = {"B"}, .page_title = "T", .post = card()}) ==
               std::string("<title>B</title>T") + shown + "a &amp; b");
    UserPage user;
    user.username = "Ada";
    user.user_id = 3;
    user.total = 12;
    BOOST_TEST(rendered(library, user) == "Ada: 12 3");
    BOOST_TEST(rendered(library, ErrorPage{.site = {},
                                           .status = 404,
                                           .reason = "Not Found",
                                           .message = "Post not found"}) ==
               "404 Not Found: Post not found");
    BOOST_TEST(rendered(library, DocsPage{.site = {}, .kind = "redoc", .available = true}) == "r");
    BOOST_TEST(rendered(library, DocsPage{.site = {}, .kind = "redoc", .available = false}) == "s");
}

BOOST_AUTO_TEST_CASE(refuses_to_start_with_a_faulty_page) {
    for (auto const name : {"home.html", "post.html", "user.html", "error.html", "docs.html"}) {
        auto sources = pages();
        sources[name] = "{{ nothing }}";
        BOOST_CHECK_THROW(Library(test::source_of(sources), test::asset_url), TemplateError);
        sources.erase(name);
        BOOST_CHECK_THROW(Library(test::source_of(sources), test::asset_url), TemplateError);
    }
}

BOOST_AUTO_TEST_CASE(reloads_and_keeps_the_old_pages_on_a_fault) {
    auto const sources = std::make_shared<test::Sources>(pages());
    Library library([sources](std::string_view name) { return test::source_of(*sources)(name); },
                    test::asset_url);
    UserPage page;
    page.username = "Ada";
    (*sources)["user.html"] = "now {{ username }}";
    BOOST_TEST(rendered(library, page) == "Ada: 0 0");
    BOOST_TEST(!library.reload().has_value());
    BOOST_TEST(rendered(library, page) == "now Ada");
    (*sources)["user.html"] = "{{ name }}";
    BOOST_TEST(library.reload().value_or("").starts_with("user.html:1:4: no variable 'name'"));
    BOOST_TEST(rendered(library, page) == "now Ada");
}

BOOST_AUTO_TEST_CASE(each_file_is_read_once_for_all_pages) {
    std::map<std::string, int, std::less<>> reads;
    Library const library(
        [&](std::string_view name) {
            ++reads[std::string(name)];
            return test::source_of(pages())(name);
        },
        test::asset_url);
    for (auto const& [name, count] : reads)
        BOOST_TEST(count == 1, name << " was read " << count);
    BOOST_TEST(reads.size() == pages().size());
}

BOOST_AUTO_TEST_SUITE_END()
