// Writes posts to the file of its argument, sixteen at a time, and prints the id of each as soon as
// it was acknowledged, until it is killed (durability_test.cpp).
#include "db/site.hpp"

#include <boost/asio/detached.hpp>

#include <cstdio>
#include <unistd.h>

using namespace blog;
using namespace blog::db;

namespace {

Awaitable<void> write_for_ever(test::Site& site, UserId author) {
    for (;;) {
        NewPost post{.title = "t",
                     .content = std::string(700, 'x'),
                     .author = author,
                     .date_posted = test::ManualClock::start};
        auto const made = co_await site.db().create_post(std::move(post));
        if (!made) continue;
        std::string const line = std::to_string(static_cast<std::int64_t>(made->id)) + "\n";
        if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    try {
        auto options = test::Site::options_for(arguments[1]);
        options.checkpoint_pages_idle = 50;  // so that kills hit checkpoints as well
        test::Site site(options);
        auto const known = site.run(site.db().find_user(UserId{1}));
        UserId const author = known ? known->id : site.add_user("ada").id;
        for (int i = 0; i < 16; ++i)
            asio::co_spawn(site.loop, write_for_ever(site, author), asio::detached);
        site.loop.restart();
        site.loop.run();
    } catch (std::exception const& e) {
        std::fprintf(stderr, "%s\n", e.what());
    }
    return 1;
}
