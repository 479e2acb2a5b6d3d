#include "mail/settings.hpp"

#include "mail/smtp_url.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>

namespace blog::mail {
namespace {

void refuse_without_server(Config const& c) {
    struct Given {
        std::string_view name;
        bool given;
    };
    Given const all[] = {{"smtp-username", !c.smtp_username.empty()},
                         {"smtp-password-file", !c.smtp_password_file.empty()},
                         {"smtp-from", !c.smtp_from.empty()},
                         {"smtp-ca-file", !c.smtp_ca_file.empty()}};
    for (auto const& setting : all)
        if (setting.given)
            throw ConfigError("--" + std::string(setting.name) +
                              ": there is no mail server; say --smtp-url too");
}

// The file's first and only line.
std::string password_in(std::string const& path) {
    constexpr std::size_t bytes_max = 1024;
    std::ifstream in(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in) throw ConfigError("--smtp-password-file: cannot read " + path);
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    bool const one_line =
        std::ranges::none_of(text, [](char ch) { return ch == '\n' || ch == '\r' || ch == '\0'; });
    if (text.empty() || text.size() > bytes_max || !one_line)
        throw ConfigError("--smtp-password-file: " + path +
                          " must hold the password, one line and nothing else");
    return text;
}

SmtpSettings::Tls tls_of(Config const& c) {
    if (c.smtp_tls == "required") return SmtpSettings::Tls::required;
    if (c.smtp_url.starts_with("smtps:"))
        throw ConfigError("--smtp-tls " + c.smtp_tls +
                          ": smtps:// is TLS from the first byte on; leave --smtp-tls out");
    return c.smtp_tls == "off" ? SmtpSettings::Tls::off : SmtpSettings::Tls::opportunistic;
}

void read_login(Config const& c, SmtpSettings& smtp) {
    if (c.smtp_username.empty() != c.smtp_password_file.empty())
        throw ConfigError("--smtp-username and --smtp-password-file belong together");
    if (c.smtp_username.empty()) return;
    if (smtp.tls != SmtpSettings::Tls::required)
        throw ConfigError("--smtp-tls " + c.smtp_tls +
                          ": a password travels only where TLS is required");
    smtp.username = c.smtp_username;
    smtp.password = password_in(c.smtp_password_file);
}

}  // namespace

std::optional<MailSettings> mail_settings(Config const& c) {
    if (c.smtp_url.empty()) {
        refuse_without_server(c);
        return std::nullopt;
    }
    check_smtp_url(c.smtp_url);
    if (c.base_url.empty())
        throw ConfigError("--smtp-url: mails carry links to this site; say --base-url too");
    auto const from = parse_mailbox(c.smtp_from);
    if (!from)
        throw ConfigError("--smtp-from: '" + c.smtp_from +
                          "' is not accepted; write noreply@example.org, or "
                          "\"The Blog <noreply@example.org>\"");
    MailSettings settings;
    settings.from = *from;
    settings.smtp.url = c.smtp_url;
    settings.smtp.tls = tls_of(c);
    settings.smtp.ca_file = c.smtp_ca_file;
    if (!c.smtp_ca_file.empty() && !std::ifstream(c.smtp_ca_file))
        throw ConfigError("--smtp-ca-file: cannot read " + c.smtp_ca_file);
    settings.smtp.timeout = c.smtp_timeout;
    settings.smtp.connect_timeout = std::min(settings.smtp.connect_timeout, c.smtp_timeout);
    read_login(c, settings.smtp);
    return settings;
}

Delivery::Options delivery_options(Config const& config,
                                   std::optional<MailSettings> const& settings,
                                   std::string const& own_address) {
    Delivery::Options options;
    options.site_name = config.site_name;
    options.base_url = config.base_url.empty() ? own_address : config.base_url;
    if (settings) options.from = settings->from;
    if (options.from.name.empty()) options.from.name = config.site_name;
    options.reset_lifetime = config.reset_lifetime;
    options.attempts_max = static_cast<int>(config.mail_attempts_max);
    return options;
}

}  // namespace blog::mail
