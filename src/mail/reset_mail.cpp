#include "mail/reset_mail.hpp"

#include "mail/header_text.hpp"

#include <cstdint>

namespace blog::mail {
namespace {

// For text between tags and in quoted attributes.
std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&#34;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

struct Words {
    std::string user, site, link, lifetime;
};

std::string text_of(Words const& w) {
    return "Hi " + w.user + ",\n\n" + "someone asked for a new password for your account at " +
           w.site + ".\n" + "Choose one here:\n\n" + w.link + "\n\n" +
           "The link works once and for " + w.lifetime + ".\n\n" +
           "If that was not you, ignore this mail: your password stays as it is.\n\n" + "-- \n" +
           w.site + "\n";
}

// Mail programs know few styles, and those only as attributes.
std::string html_of(Words const& w) {
    return "<!doctype html>\n<html lang=\"en\">\n"
           "<head><meta charset=\"utf-8\"><title>Reset Your Password</title></head>\n"
           "<body style=\"font-family: sans-serif; line-height: 1.5\">\n"
           "<p>Hi " +
           w.user +
           ",</p>\n"
           "<p>someone asked for a new password for your account at " +
           w.site +
           ".</p>\n"
           "<p><a href=\"" +
           w.link +
           "\">Choose a new password</a></p>\n"
           "<p>Or copy this address into your browser:<br>\n" +
           w.link +
           "</p>\n"
           "<p>The link works once and for " +
           w.lifetime +
           ".</p>\n"
           "<p>If that was not you, ignore this mail: your password stays as it is.</p>\n"
           "<p>" +
           w.site + "</p>\n</body>\n</html>\n";
}

}  // namespace

std::string reset_link(std::string_view base_url, std::string_view token) {
    return std::string(base_url) + "/reset-password?token=" + std::string(token);
}

std::string in_words(std::chrono::milliseconds time) {
    struct Unit {
        std::int64_t ms;
        char const* name;
    };
    static constexpr Unit units[] = {
        {86'400'000, "day"}, {3'600'000, "hour"}, {60'000, "minute"}, {1000, "second"}};
    for (auto const& unit : units)
        if (auto const n = time.count() / unit.ms; n != 0 && time.count() % unit.ms == 0)
            return std::to_string(n) + ' ' + unit.name + (n == 1 ? "" : "s");
    return std::to_string(time.count()) + " milliseconds";
}

Message reset_mail(ResetMail const& mail) {
    Words const plain{without_controls(mail.to.name), without_controls(mail.site_name), mail.link,
                      in_words(mail.lifetime)};
    Words const marked{escaped(plain.user), escaped(plain.site), escaped(plain.link),
                       plain.lifetime};
    Message message;
    message.from = mail.from;
    message.to = mail.to;
    message.subject = "Reset Your Password - " + mail.site_name;
    message.text = text_of(plain);
    message.html = html_of(marked);
    message.date = mail.date;
    return message;
}

}  // namespace blog::mail
