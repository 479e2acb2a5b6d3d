// What every store promises (db/store.hpp), whatever is below it.
#include "db/contract_database.hpp"
#include "db/site.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <thread>

using namespace blog;
using namespace blog::db;
using namespace std::chrono_literals;
using test::failed_with;
using test::ids;

namespace {

constexpr SysTime noon = test::ManualClock::start;

struct Contract {
    std::unique_ptr<test::ContractDatabase> database = test::make_contract_database();
    test::Site site{database->options()};
    Session& db = site.db();

    template <class T>
    T run(Awaitable<T> work) {
        return site.run(std::move(work));
    }

    // Posts 1 to 9, in turns by ada (odd) and bob (even). Newest first: 9 6 5 4 3 8 7 2 1; those of
    // 3 to 6 are of the same instant.
    UserId ada{}, bob{};
    void fill() {
        ada = site.add_user("ada").id;
        bob = site.add_user("bob").id;
        std::chrono::minutes const times[] = {1min, 2min, 5min, 5min, 5min, 5min, 3min, 4min, 9min};
        for (int i = 0; i < 9; ++i)
            site.add_post(i % 2 == 0 ? ada : bob, "t", noon + times[i]);
    }
};

std::optional<std::string> const nothing;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(store_contract, Contract)

// --- users

BOOST_AUTO_TEST_CASE(a_new_user_can_be_found) {
    auto const made = run(db.create_user({.username = "ada", .email = "ada@example.com"}));
    BOOST_TEST_REQUIRE(!!made);
    BOOST_TEST((made->id == UserId{1}));
    auto const found = run(db.find_user(made->id));
    BOOST_TEST_REQUIRE(!!found);
    BOOST_TEST(found->username == "ada");
    BOOST_TEST(found->email == "ada@example.com");
    BOOST_TEST(!found->image_file);
}

BOOST_AUTO_TEST_CASE(nobody_is_found_under_an_id_that_was_not_given_out) {
    BOOST_TEST(failed_with(run(db.find_user(UserId{1})), Errc::user_not_found));
    auto const last = UserId{std::numeric_limits<std::int64_t>::max()};
    BOOST_TEST(failed_with(run(db.find_user(last)), Errc::user_not_found));
    BOOST_TEST(failed_with(run(db.find_user(UserId{-1})), Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(a_name_and_an_email_are_taken_once_and_the_name_is_looked_at_first) {
    site.add_user("ada");
    BOOST_TEST(failed_with(run(db.create_user({"ada", "ada@example.com"})), Errc::username_taken));
    BOOST_TEST(failed_with(run(db.create_user({"ada", "new@example.com"})), Errc::username_taken));
    BOOST_TEST(failed_with(run(db.create_user({"new", "ada@example.com"})), Errc::email_taken));
    auto const next = run(db.create_user({"new", "new@example.com"}));
    BOOST_TEST_REQUIRE(!!next);
    BOOST_TEST((next->id == UserId{2}), "a refused user uses no id up");
}

BOOST_AUTO_TEST_CASE(names_and_emails_are_compared_exactly) {
    site.add_user("ada");
    BOOST_TEST(!!run(db.create_user({"Ada", "Ada@example.com"})));
    BOOST_TEST(!!run(db.create_user({"ada ", "ada@example.com "})));
    BOOST_TEST(!!run(db.create_user({"a%", "_da@example.com"})));
}

BOOST_AUTO_TEST_CASE(text_with_nul_and_every_other_character_comes_back_as_it_was) {
    using namespace std::string_literals;
    auto const name = "n\0ul"s, email = "\0@example.com"s;
    auto const made = run(db.create_user({name, email}));
    BOOST_TEST_REQUIRE(!!made);
    BOOST_TEST(made->username == name);
    BOOST_TEST(run(db.find_user(made->id))->email == email);
    BOOST_TEST(!!run(db.create_user({"n"s, "\0"s})), "not the same name, not the same email");
    BOOST_TEST(failed_with(run(db.create_user({name, "else"s})), Errc::username_taken));

    auto const title = "\xc3\xbc \xf0\x9f\x98\x80 \0 '\" %_\\"s, content = "a\0\r\n\t\x7f\0"s;
    auto const post = run(db.create_post({title, content, made->id, noon}));
    BOOST_TEST_REQUIRE(!!post);
    auto const found = run(db.find_post(post->id));
    BOOST_TEST_REQUIRE(!!found);
    BOOST_TEST(found->title == title);
    BOOST_TEST(found->content == content);
    BOOST_TEST(found->author.username == name);
}

BOOST_AUTO_TEST_CASE(a_change_of_a_user_changes_what_is_given) {
    auto const id = site.add_user("ada").id;
    auto user = run(db.update_user(id, {.username = "Ada L."}));
    BOOST_TEST_REQUIRE(!!user);
    BOOST_TEST(user->username == "Ada L.");
    BOOST_TEST(user->email == "ada@example.com");
    user = run(db.update_user(id, {.email = "a@b.org", .image_file = "a.png"}));
    BOOST_TEST_REQUIRE(!!user);
    BOOST_TEST(user->username == "Ada L.");
    BOOST_TEST(user->email == "a@b.org");
    BOOST_TEST((user->image_file == "a.png"));
    user = run(db.update_user(id, {}));
    BOOST_TEST_REQUIRE(!!user);
    BOOST_TEST((user->image_file == "a.png"));
    BOOST_TEST(run(db.find_user(id))->email == "a@b.org");
}

BOOST_AUTO_TEST_CASE(a_user_may_be_given_its_own_name_again_but_not_another_ones) {
    auto const id = site.add_user("ada").id;
    site.add_user("bob");
    BOOST_TEST(!!run(db.update_user(id, {"ada", "ada@example.com", nothing})));
    BOOST_TEST(failed_with(run(db.update_user(id, {"bob", "bob@example.com", nothing})),
                           Errc::username_taken));
    BOOST_TEST(failed_with(run(db.update_user(id, {"new", "bob@example.com", nothing})),
                           Errc::email_taken));
    BOOST_TEST(run(db.find_user(id))->username == "ada", "a refused change changes nothing");
    BOOST_TEST(failed_with(run(db.update_user(UserId{99}, {"bob", nothing, nothing})),
                           Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(deleting_a_user_deletes_the_posts) {
    fill();
    BOOST_TEST(!!run(db.delete_user(ada)));
    BOOST_TEST(failed_with(run(db.find_user(ada)), Errc::user_not_found));
    BOOST_TEST(failed_with(run(db.find_post(PostId{1})), Errc::post_not_found));
    BOOST_TEST(ids(site.all_posts()) == "2 4 6 8");
    BOOST_TEST(run(db.page_posts(0, 10, {}))->total == 4);
    BOOST_TEST(failed_with(run(db.page_posts(0, 10, ada)), Errc::user_not_found));
    BOOST_TEST(failed_with(run(db.delete_user(ada)), Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(an_id_is_never_given_out_again) {
    auto const first = site.add_user("first").id;
    auto const last = site.add_user("last").id;
    auto const post = site.add_post(first, "t", noon).id;
    BOOST_TEST(!!run(db.delete_post(post)));
    BOOST_TEST(!!run(db.delete_user(last)));
    BOOST_TEST((site.add_user("next").id > last));
    BOOST_TEST((site.add_post(first, "t", noon).id > post));
}

// --- posts

BOOST_AUTO_TEST_CASE(a_new_post_can_be_found_with_its_author) {
    auto const author = site.add_user("ada").id;
    auto const made = run(db.create_post({"title", "content", author, noon + 7us}));
    BOOST_TEST_REQUIRE(!!made);
    auto const found = run(db.find_post(made->id));
    BOOST_TEST_REQUIRE(!!found);
    for (auto const& post : {*made, *found}) {
        BOOST_TEST((post.id == PostId{1}));
        BOOST_TEST(post.title == "title");
        BOOST_TEST(post.content == "content");
        BOOST_TEST((post.date_posted == noon + 7us));
        BOOST_TEST((post.author.id == author));
        BOOST_TEST(post.author.email == "ada@example.com");
    }
}

BOOST_AUTO_TEST_CASE(a_post_needs_an_author) {
    BOOST_TEST(failed_with(run(db.create_post({"t", "c", UserId{1}, noon})), Errc::user_not_found));
    BOOST_TEST(run(db.page_posts(0, 10, {}))->total == 0);
}

BOOST_AUTO_TEST_CASE(a_change_of_a_post_changes_what_is_given) {
    fill();
    auto post = run(db.update_post(PostId{1}, {.title = "new"}));
    BOOST_TEST_REQUIRE(!!post);
    BOOST_TEST(post->title == "new");
    BOOST_TEST(post->content == "content");
    BOOST_TEST((post->author.id == ada));
    post = run(db.update_post(PostId{1}, {.content = "", .author = bob}));
    BOOST_TEST_REQUIRE(!!post);
    BOOST_TEST(post->title == "new");
    BOOST_TEST(post->content == "");
    BOOST_TEST(post->author.username == "bob");
    BOOST_TEST((post->date_posted == noon + 1min));
    BOOST_TEST(run(db.page_posts(0, 1, ada))->total == 4);
    BOOST_TEST(run(db.page_posts(0, 1, bob))->total == 5);
    BOOST_TEST(run(db.page_posts(0, 1, {}))->total == 9);
}

BOOST_AUTO_TEST_CASE(a_change_of_nothing_returns_the_post) {
    fill();
    auto const post = run(db.update_post(PostId{2}, {}));
    BOOST_TEST_REQUIRE(!!post);
    BOOST_TEST(post->title == "t");
    BOOST_TEST(failed_with(run(db.update_post(PostId{99}, {})), Errc::post_not_found));
}

BOOST_AUTO_TEST_CASE(a_missing_post_is_told_before_a_missing_author) {
    fill();
    PostChange const change{.title = "x", .author = UserId{99}};
    BOOST_TEST(failed_with(run(db.update_post(PostId{99}, change)), Errc::post_not_found));
    BOOST_TEST(failed_with(run(db.update_post(PostId{1}, change)), Errc::user_not_found));
    BOOST_TEST(run(db.find_post(PostId{1}))->title == "t", "a refused change changes nothing");
}

BOOST_AUTO_TEST_CASE(a_deleted_post_is_gone) {
    fill();
    BOOST_TEST(!!run(db.delete_post(PostId{9})));
    BOOST_TEST(failed_with(run(db.find_post(PostId{9})), Errc::post_not_found));
    BOOST_TEST(failed_with(run(db.delete_post(PostId{9})), Errc::post_not_found));
    BOOST_TEST(run(db.page_posts(0, 10, {}))->total == 8);
    BOOST_TEST(run(db.page_posts(0, 10, ada))->total == 4);
}

// --- pages by count

BOOST_AUTO_TEST_CASE(a_page_counts_from_the_newest) {
    fill();
    auto const page = [&](std::int64_t skip, std::int64_t limit, std::optional<UserId> author) {
        auto const got = run(db.page_posts(skip, limit, author));
        BOOST_TEST(got->total == (author ? (*author == ada ? 5 : 4) : 9));
        return ids(got->posts);
    };
    BOOST_TEST(page(0, 100, {}) == "9 6 5 4 3 8 7 2 1");
    BOOST_TEST(page(0, 1, {}) == "9");
    BOOST_TEST(page(1, 3, {}) == "6 5 4");
    BOOST_TEST(page(4, 3, {}) == "3 8 7");
    BOOST_TEST(page(7, 3, {}) == "2 1");
    BOOST_TEST(page(8, 1, {}) == "1");
    BOOST_TEST(page(9, 1, {}) == "");
    BOOST_TEST(page(10, 100, {}) == "");
    BOOST_TEST(page(3, 0, {}) == "");
    BOOST_TEST(page(0, 100, ada) == "9 5 3 7 1");
    BOOST_TEST(page(3, 2, ada) == "7 1");
    BOOST_TEST(page(1, 2, bob) == "4 8");
    BOOST_TEST(page(4, 2, bob) == "");
    BOOST_TEST(run(db.page_posts(0, 10, bob))->author->username == "bob");
    BOOST_TEST(!run(db.page_posts(0, 10, {}))->author);
    BOOST_TEST(failed_with(run(db.page_posts(0, 10, UserId{99})), Errc::user_not_found));
}

BOOST_AUTO_TEST_CASE(every_page_of_every_size_is_a_piece_of_the_whole) {
    fill();
    std::vector<int> const whole{9, 6, 5, 4, 3, 8, 7, 2, 1};
    for (std::int64_t skip = 0; skip <= 10; ++skip)
        for (std::int64_t limit = 0; limit <= 10; ++limit) {
            std::string expected;
            for (auto i = skip; i < std::min<std::int64_t>(skip + limit, 9); ++i)
                expected += (expected.empty() ? "" : " ") + std::to_string(whole[i]);
            BOOST_TEST(ids(run(db.page_posts(skip, limit, {}))->posts) == expected);
        }
}

BOOST_AUTO_TEST_CASE(a_page_far_beyond_the_end_is_empty) {
    fill();
    constexpr auto far = std::numeric_limits<std::int64_t>::max();
    auto const page = run(db.page_posts(far, far, {}));
    BOOST_TEST_REQUIRE(!!page);
    BOOST_TEST(page->posts.empty());
    BOOST_TEST(page->total == 9);
    BOOST_TEST(ids(run(db.page_posts(8, far, {}))->posts) == "1");
}

BOOST_AUTO_TEST_CASE(an_empty_blog_has_empty_pages) {
    BOOST_TEST(run(db.page_posts(0, 10, {}))->total == 0);
    BOOST_TEST(run(db.scan_posts({}))->empty());
    auto const slice = run(db.slice_posts({}));
    BOOST_TEST_REQUIRE(!!slice);
    BOOST_TEST(slice->posts.empty());
    BOOST_TEST(!slice->has_newer);
    BOOST_TEST(!slice->has_older);
}

// --- slices by key

BOOST_AUTO_TEST_CASE(slices_lead_through_all_posts_and_back) {
    fill();
    for (std::int64_t const limit : {1, 2, 3, 4, 5, 8, 9, 10}) {
        std::string down;
        auto slice = *run(db.slice_posts({.limit = limit}));
        BOOST_TEST(!slice.has_newer);
        BOOST_TEST(slice.total == 9);
        down = ids(slice.posts);
        while (slice.has_older) {
            PostCursor const last{slice.posts.back().date_posted, slice.posts.back().id};
            slice = *run(db.slice_posts({.older_than = last, .limit = limit}));
            BOOST_TEST(slice.has_newer);
            BOOST_TEST_REQUIRE(!slice.posts.empty());
            down += " " + ids(slice.posts);
        }
        BOOST_TEST(down == "9 6 5 4 3 8 7 2 1");

        std::string up = ids(slice.posts);
        while (slice.has_newer) {
            PostCursor const first{slice.posts.front().date_posted, slice.posts.front().id};
            slice = *run(db.slice_posts({.newer_than = first, .limit = limit}));
            BOOST_TEST(slice.has_older);
            BOOST_TEST_REQUIRE(!slice.posts.empty());
            up = ids(slice.posts) + " " + up;
        }
        BOOST_TEST(up == "9 6 5 4 3 8 7 2 1");
    }
}

BOOST_AUTO_TEST_CASE(slices_of_an_author_hold_nobody_elses_posts) {
    fill();
    auto slice = *run(db.slice_posts({.author = ada, .limit = 2}));
    BOOST_TEST(ids(slice.posts) == "9 5");
    BOOST_TEST(slice.total == 5);
    BOOST_TEST(slice.has_older);
    PostCursor const last{slice.posts.back().date_posted, slice.posts.back().id};
    slice = *run(db.slice_posts({.older_than = last, .author = ada, .limit = 2}));
    BOOST_TEST(ids(slice.posts) == "3 7");
    BOOST_TEST(slice.has_newer);
    BOOST_TEST(slice.has_older);
    BOOST_TEST(slice.author->username == "ada");
    BOOST_TEST(failed_with(run(db.slice_posts({.author = UserId{99}})), Errc::user_not_found));
    // Of bob there is nothing newer than a post of ada's that is newer than all of his.
    PostCursor const newest{noon + 9min, PostId{9}};
    slice = *run(db.slice_posts({.older_than = newest, .author = bob, .limit = 10}));
    BOOST_TEST(ids(slice.posts) == "6 4 8 2");
    BOOST_TEST(!slice.has_newer);
    BOOST_TEST(!slice.has_older);
}

BOOST_AUTO_TEST_CASE(a_slice_at_the_place_of_a_deleted_post_goes_on_there) {
    fill();
    BOOST_TEST(!!run(db.delete_post(PostId{4})));
    PostCursor const gone{noon + 5min, PostId{4}};
    auto slice = *run(db.slice_posts({.older_than = gone, .limit = 2}));
    BOOST_TEST(ids(slice.posts) == "3 8");
    BOOST_TEST(slice.has_newer);
    slice = *run(db.slice_posts({.newer_than = gone, .limit = 2}));
    BOOST_TEST(ids(slice.posts) == "6 5");
    BOOST_TEST(slice.has_older);
    BOOST_TEST(slice.has_newer);
}

BOOST_AUTO_TEST_CASE(a_slice_beyond_either_end_is_empty_and_says_where_the_posts_are) {
    fill();
    PostCursor const before_all{noon, PostId{1}}, after_all{noon + 1h, PostId{1}};
    auto slice = *run(db.slice_posts({.older_than = before_all}));
    BOOST_TEST(slice.posts.empty());
    BOOST_TEST(slice.has_newer);
    BOOST_TEST(!slice.has_older);
    slice = *run(db.slice_posts({.newer_than = after_all}));
    BOOST_TEST(slice.posts.empty());
    BOOST_TEST(!slice.has_newer);
    BOOST_TEST(slice.has_older);
    slice = *run(db.slice_posts({.older_than = after_all, .limit = 9}));
    BOOST_TEST(slice.posts.size() == 9u);
    BOOST_TEST(!slice.has_newer);
    BOOST_TEST(!slice.has_older);
    slice = *run(db.slice_posts({.newer_than = before_all, .limit = 9}));
    BOOST_TEST(slice.posts.size() == 9u);
    BOOST_TEST(!slice.has_newer);
    BOOST_TEST(!slice.has_older);
}

// --- listings

BOOST_AUTO_TEST_CASE(a_scan_goes_on_where_the_last_one_ended) {
    fill();
    std::string seen;
    PostId after{};
    for (;;) {
        auto const posts = *run(db.scan_posts({.after = after, .rows_max = 4}));
        if (posts.empty()) break;
        BOOST_TEST(posts.size() <= 4u);
        seen += ids(posts) + "|";
        after = posts.back().id;
    }
    BOOST_TEST(seen == "1 2 3 4|5 6 7 8|9|");
    BOOST_TEST(ids(*run(db.scan_posts({.after = PostId{3}, .author = ada}))) == "5 7 9");
    BOOST_TEST(run(db.scan_posts({.author = UserId{99}}))->empty());
}

BOOST_AUTO_TEST_CASE(a_scan_stops_when_it_holds_enough_bytes) {
    auto const author = site.add_user("ada").id;
    std::string const content(1000, 'x');
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(!!run(db.create_post({"t", content, author, noon})));
    BOOST_TEST(run(db.scan_posts({.bytes_max = 1}))->size() == 1u);
    BOOST_TEST(run(db.scan_posts({.bytes_max = 1001}))->size() == 1u);
    BOOST_TEST(run(db.scan_posts({.bytes_max = 1002}))->size() == 2u);
    BOOST_TEST(run(db.scan_posts({.bytes_max = 1u << 20}))->size() == 5u);
}

// --- many at once

BOOST_AUTO_TEST_CASE(of_two_identical_registrations_at_once_one_is_told) {
    std::string events;
    auto registration = [&]() -> Awaitable<void> {
        NewUser user{.username = "ada", .email = "ada@example.com"};
        auto const made = co_await db.create_user(std::move(user));
        events += made ? '+' : '-';
        if (!made) BOOST_TEST((made.error().code == Errc::username_taken));
    };
    auto both = [&]() -> Awaitable<void> {
        asio::co_spawn(site.loop, registration(), [](std::exception_ptr) {});
        co_await registration();
    };
    run(both());
    site.loop.restart();
    site.loop.run();
    BOOST_TEST((events == "+-" || events == "-+"));
    BOOST_TEST((site.add_user("next").id == UserId{2}));
}

BOOST_AUTO_TEST_CASE(a_session_is_lent_to_one_at_a_time_and_waited_for) {
    auto options = database->options();
    auto const other = test::make_contract_database();
    options = other->options();
    options.sessions_per_loop = 1;
    options.session_waiters_max = 0;
    auto const store = open_store(options, site.clock, site.lines.log(), site.generations);
    auto const sessions = store->open_sessions(site.loop.get_executor());
    auto lease = run(sessions->acquire());
    BOOST_TEST_REQUIRE(!!lease);
    BOOST_TEST(failed_with(run(sessions->acquire()), Errc::busy));
    lease->reset();
    BOOST_TEST(!!run(sessions->acquire()));
}

BOOST_AUTO_TEST_CASE(a_closed_store_takes_no_write) {
    auto const user = site.add_user("ada").id;
    BOOST_TEST(!!run(db.ping()));
    site.store().close();
    BOOST_TEST(failed_with(run(db.create_user({"bob", "bob@example.com"})), Errc::unavailable));
    BOOST_TEST(failed_with(run(db.ping()), Errc::unavailable));
    BOOST_TEST(run(db.find_user(user))->username == "ada", "what is stored can still be read");
    site.store().close();
}

BOOST_AUTO_TEST_SUITE_END()
