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

void append_json(std::string& out, UserShown shown) {
    if (shown.user->has_password)
        append_json(out, UserPublic(*shown.user));
    else
        append_json(out, UserResponse(*shown.user));
}

}  // namespace blog::schemas
