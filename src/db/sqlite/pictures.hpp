#pragma once
#include "db/pictures.hpp"
#include "db/sqlite/connection.hpp"
#include "db/topics.hpp"
#include "error.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace blog::db {

// Where the pictures of a SQLite store are: files of a folder, or, without one, in the database.
//
// The table blogd_pictures has a row for every file that this program made, from before the file is
// there until after it has gone; so what a crash leaves behind is known exactly, and nothing else
// is ever removed.
class PictureFolder {
public:
    // "": there is none. Makes it when it is not there; throws DatabaseError.
    explicit PictureFolder(std::string const& media);

    bool exists() const noexcept { return !path_.empty(); }
    // On the disk when it returns. False: the disk does not take it.
    bool write(std::string const& name, std::string_view bytes) const;
    // Only names that this program makes; one that is not there is fine.
    void remove(std::string_view name) const noexcept;

private:
    std::string path_;
};

// As plain functions on a connection; db/pictures.hpp says what they promise. set_picture() is the
// second of two transactions: register_picture() goes before it.
std::optional<std::string> find_picture(Connection& db, std::string const& name);
Result<void> register_picture(Connection& writer, UserId user, std::string const& name);
Result<User> set_picture(Connection& writer, PictureFolder const& folder, UserId user,
                         NewPicture const& picture, Writer const& who, Touched& touched);
Result<User> remove_picture(Connection& writer, UserId user, Writer const& who, Touched& touched);
// Forgets, and removes from the folder, what no user has any more: of one user, or of all.
void sweep_pictures(Connection& writer, PictureFolder const& folder, std::optional<UserId> user);

// Every read, for preparing at start and for the test that pins the plans.
std::span<Query const* const> picture_reads() noexcept;

}  // namespace blog::db
