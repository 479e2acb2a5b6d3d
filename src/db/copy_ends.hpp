#pragma once
#include "clock.hpp"
#include "db/copy_tables.hpp"
#include "db/open_store.hpp"
#include "log.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace blog::db {

// The two ends of a copy, one implementation a store. One thread; every method may block for long
// and throws DatabaseError with a sentence for the operator. No name and no error has a password.

// A user's image_file that is not "".
struct PictureOwner {
    std::int64_t user_id = 0;
    std::string name;  // any text
};
constexpr std::size_t picture_bytes_max = 8u << 20;

// Reads one database; what is read is all of one moment.
class CopyReader {
public:
    virtual ~CopyReader() = default;
    virtual std::int64_t count(CopyTable const&) = 0;
    // The highest id that was ever given out, as far as the database knows; 0: none.
    virtual std::int64_t last_id(CopyTable const&) = 0;
    // Every row, in the order of the ids. What a row points to lives until `sink` returns.
    virtual void read(CopyTable const&, CopySink const& sink) = 0;
    // At most `max` users who name a picture, with ids above `after`, in their order.
    virtual std::vector<PictureOwner> picture_owners(std::int64_t after, std::size_t max) = 0;
    // `name` has no '/'. nullopt: it is missing. Throws for more than picture_bytes_max.
    virtual std::optional<std::string> picture(std::string const& name) = 0;
};

class CopySource {
public:
    virtual ~CopySource() = default;
    virtual std::string const& place() const noexcept = 0;  // for people
    virtual std::vector<FoundTable> find_tables() = 0;
    // Throws when a row of the table belongs to a user who is not there.
    virtual void check_authors(CopyTable const&) = 0;
    virtual CopyReader& reader() = 0;
    // Dates that were read so far and that another store gives back in another spelling.
    virtual std::int64_t dates_respelled() const noexcept = 0;
};

enum class PutPicture {
    done,
    known,     // it was put before, for another user
    bad_name,  // the target keeps files, and that is no name for one
};

// Writes one database in one transaction; without commit() the database stays as it was.
class CopyTarget {
public:
    virtual ~CopyTarget() = default;
    virtual std::string const& place() const noexcept = 0;
    // Before begin(): that these may be put, so that none is left behind unknown.
    virtual void expect_pictures(std::span<PictureOwner const>) = 0;
    // Keeps other writers away, refuses (or, with `replace`, empties) what is not empty, makes what
    // `tables` has and the database lacks.
    virtual void begin(std::span<CopyTable const> tables, bool replace) = 0;
    // Rows go to the table that was begun last.
    virtual void begin_table(CopyTable const&) = 0;
    virtual void write(CopyRow) = 0;
    virtual void end_table() = 0;
    // Between the tables. Without commit() it goes again, at the next start if this program dies.
    // Another file of that name is not touched: throws.
    virtual PutPicture put_picture(std::int64_t user_id, std::string const& name,
                                   std::string_view bytes) = 0;
    // Those that were put.
    virtual std::int64_t count_pictures() = 0;
    // Makes right what follows from the rows. No id up to `last_ids`, one for each table, is given
    // out again.
    virtual void finish(std::span<CopyTable const> tables,
                        std::span<std::int64_t const> last_ids) = 0;
    virtual CopyReader& reader() = 0;
    virtual void commit() = 0;
};

// `strict`: a date in another spelling than blogd's own is an error.
std::unique_ptr<CopySource> open_copy_source(StoreOptions const& options, bool strict);
// Makes and migrates the database as open_store() does.
std::unique_ptr<CopyTarget> open_copy_target(StoreOptions const& options, Clock const& clock,
                                             Log& log);

}  // namespace blog::db
