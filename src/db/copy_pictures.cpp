#include "db/copy_pictures.hpp"

#include "db/database_error.hpp"

#include <limits>

namespace blog::db {

namespace {

constexpr std::size_t page = 1000;  // users

// Whatever else stands there is a text of the user's, and moves with the row alone.
bool is_plain_name(std::string_view name) noexcept {
    return !name.empty() && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\0", 2)) == name.npos;
}

template <class Function>
void for_each_page(CopyReader& source, Function const& function) {
    auto last = std::numeric_limits<std::int64_t>::min();
    for (;;) {
        auto owners = source.picture_owners(last, page);
        if (owners.empty()) return;
        last = owners.back().user_id;
        std::erase_if(owners, [](auto const& owner) { return !is_plain_name(owner.name); });
        function(owners);
    }
}

void copy_picture(PictureOwner const& owner, CopyReader& source, CopyTarget& target,
                  CopyReport::Pictures& report) {
    auto const bytes = source.picture(owner.name);
    if (!bytes) {
        ++report.missing;
        return;
    }
    switch (target.put_picture(owner.user_id, owner.name, *bytes)) {
        case PutPicture::bad_name:
            ++report.left_behind;
            return;
        case PutPicture::known:
            return;
        case PutPicture::done:
            break;
    }
    if (target.reader().picture(owner.name) != bytes)
        throw DatabaseError("the picture " + owner.name + " did not arrive at " + target.place() +
                            " as it was, so all of it was undone");
    ++report.moved;
    report.bytes += static_cast<std::int64_t>(bytes->size());
}

}  // namespace

void expect_pictures(CopyReader& source, CopyTarget& target) {
    for_each_page(source, [&](auto const& owners) { target.expect_pictures(owners); });
}

CopyReport::Pictures copy_pictures(CopyReader& source, CopyTarget& target, CopyProgress& progress) {
    CopyReport::Pictures report;
    progress.begin("copy pictures", 0);
    for_each_page(source, [&](auto const& owners) {
        for (auto const& owner : owners) {
            copy_picture(owner, source, target, report);
            progress.row();
        }
    });
    progress.end();
    return report;
}

void verify_pictures(CopyReport::Pictures const& moved, CopyTarget& target) {
    if (auto const found = target.count_pictures(); found != moved.moved)
        throw DatabaseError(target.place() + " has " + std::to_string(found) + " instead of " +
                            std::to_string(moved.moved) + " pictures, so all of it was undone");
}

void check_picture_size(std::string_view name, std::uint64_t bytes) {
    if (bytes <= picture_bytes_max) return;
    throw DatabaseError("the picture " + std::string(name) + " has " + std::to_string(bytes) +
                        " bytes, and at most 8 MiB can be moved: make it smaller at the source "
                        "and copy again");
}

}  // namespace blog::db
