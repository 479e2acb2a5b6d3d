#include "handlers/devices.hpp"

#include <algorithm>
#include <array>

namespace blog::handlers {
namespace {

struct Mark {
    std::string_view in_agent, name;
};

// In this order: most browsers also claim to be the ones that follow them.
constexpr std::array<Mark, 8> browsers{{{"Edg", "Edge"},
                                        {"OPR/", "Opera"},
                                        {"SamsungBrowser/", "Samsung Internet"},
                                        {"Firefox/", "Firefox"},
                                        {"FxiOS/", "Firefox"},
                                        {"CriOS/", "Chrome"},
                                        {"Chrome/", "Chrome"},
                                        {"Safari/", "Safari"}}};
constexpr std::array<Mark, 7> systems{{{"Android", "Android"},
                                       {"iPhone", "iPhone"},
                                       {"iPad", "iPad"},
                                       {"Windows", "Windows"},
                                       {"CrOS", "ChromeOS"},
                                       {"Mac OS X", "macOS"},
                                       {"Linux", "Linux"}}};

template <std::size_t N>
std::string_view first_in(std::array<Mark, N> const& marks, std::string_view agent) {
    auto const there = [&](Mark const& m) { return agent.find(m.in_agent) != agent.npos; };
    auto const* const found = std::ranges::find_if(marks, there);
    return found == marks.end() ? std::string_view() : found->name;
}

}  // namespace

std::string device_name(std::string_view agent) {
    std::string name(first_in(browsers, agent));
    auto const system = first_in(systems, agent);
    if (name.empty()) name = agent.substr(0, agent.find_first_of("/ "));
    if (name.empty()) return "Unknown program";
    if (!system.empty()) name.append(" on ").append(system);
    return name;
}

}  // namespace blog::handlers
