#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace blog::auth {

// Overwrites the characters, in a way that no optimizer leaves out, and empties the string.
void wipe(std::string& text) noexcept;

// Text that leaves nothing behind: moving wipes the source (a short string's characters would stay
// in it), destroying wipes the rest.
class Secret {
public:
    // Takes the characters over and wipes `text`.
    explicit Secret(std::string& text) noexcept : text_(std::move(text)) { wipe(text); }
    Secret(Secret&& other) noexcept : Secret(other.text_) {}
    Secret& operator=(Secret&&) = delete;
    ~Secret() { wipe(text_); }

    std::string_view view() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace blog::auth
