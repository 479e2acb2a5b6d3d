#pragma once
#include <string>
#include <string_view>

namespace blog::db {

// Makes a file, on the disk when it returns; `folder` ends with '/', `name` has none. False: there
// is one already (or a link), or the disk does not take it; errno says which.
bool write_new_file(std::string const& folder, std::string const& name, std::string_view bytes);

}  // namespace blog::db
