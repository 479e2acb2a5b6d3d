#pragma once
#include "async.hpp"
#include "db/models.hpp"
#include "error.hpp"

#include <optional>
#include <string>

namespace blog::db {

struct NewPicture {
    std::string name;  // 32 hex digits and ".jpg", never used before
    std::string bytes;
};

// Profile pictures: a part of Session (db/store.hpp). A SQLite store keeps them as files below
// StoreOptions::media, PostgreSQL keeps them in the database.
class Pictures {
public:
    virtual ~Pictures() = default;

    // nullopt: the database has no such picture (it may be a file).
    virtual Awaitable<Result<std::optional<std::string>>> find_picture(std::string name) = 0;
    // The old one goes once the new one is stored. user_not_found, forbidden
    virtual Awaitable<Result<User>> set_picture(UserId, NewPicture, Writer) = 0;
    // user_not_found, forbidden, picture_not_found: there is none
    virtual Awaitable<Result<User>> remove_picture(UserId, Writer) = 0;
};

}  // namespace blog::db
