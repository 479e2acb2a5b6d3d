#include "schemas/users.hpp"

namespace blog::schemas {

void append_path(std::string& out, ImagePath image) {
    out += image.file.empty() ? "/static/profile_pics/default.jpg" : "/media/profile_pics/";
    out += image.file;
}

void append_json(std::string& out, ImagePath image) {
    out += '"';
    out += image.file.empty() ? "/static/profile_pics/default.jpg" : "/media/profile_pics/";
    append_escaped(out, image.file);
    out += '"';
}

}  // namespace blog::schemas
