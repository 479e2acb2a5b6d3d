#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace blog::db {

// The files of pictures at one end of a copy: those of blogd and those of whoever served the blog
// before, so of any name. No name has a '/'.
class CopyFolder {
public:
    // "": there is none, and the pictures are in the database.
    explicit CopyFolder(std::string const& media);

    bool is_used() const noexcept { return !path_.empty(); }
    bool is_there() const noexcept;
    // Names that are safe on every disk and in every address.
    static bool takes(std::string_view name) noexcept;

    bool has(std::string const& name) const noexcept;
    // nullopt: no file (a link is none). Throws DatabaseError: too large, or not readable.
    std::optional<std::string> read(std::string const& name) const;
    // The file has these bytes, on the disk, when it returns. Makes the folder. Throws
    // DatabaseError when it is there with others, which are not touched.
    void put(std::string const& name, std::string_view bytes) const;
    void remove(std::string const& name) const noexcept;

private:
    std::string path_;  // ends with '/'
};

}  // namespace blog::db
