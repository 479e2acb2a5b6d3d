#pragma once
#include <string>
#include <string_view>

namespace blog::handlers {

// What a person calls the program that sent this User-Agent: "Firefox on Linux". A program that is
// no browser is called by its own first word, and one that says nothing "Unknown program".
std::string device_name(std::string_view user_agent);

}  // namespace blog::handlers
