#include "mail/smtp.hpp"

#include "mail/header_text.hpp"
#include "mail/mime.hpp"

#include <array>
#include <curl/curl.h>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace blog::mail {
namespace {

using Steady = std::chrono::steady_clock;

// After the mail was taken: nobody needs the answer to QUIT.
constexpr std::chrono::seconds farewell_max{2};
constexpr long first_refusal = 400, first_final_refusal = 500;

// How far the conversation has come: what the last command was about.
struct Stage {
    std::string_view command, what;
};
constexpr std::array<Stage, 7> stages{{
    {"EHLO", "our name"},
    {"HELO", "our name"},
    {"STARTTLS", "STARTTLS"},
    {"AUTH ", "user name and password"},
    {"MAIL FROM:", "the sender"},
    {"RCPT TO:", "the recipient"},
    {"DATA", "the mail"},
}};

struct Conversation {
    std::atomic<bool> const& stopped;
    Stage const* stage = nullptr;  // null: nothing was said yet
    std::optional<Steady::time_point> farewell{};

    bool is_at(std::string_view command) const noexcept {
        return stage != nullptr && stage->command == command;
    }
};

// Called with everything that is said; only our commands' first words are looked at.
int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* context) {
    if (type != CURLINFO_HEADER_OUT) return 0;
    auto& conversation = *static_cast<Conversation*>(context);
    std::string_view const line(data, size);
    for (auto const& stage : stages)
        if (line.starts_with(stage.command)) conversation.stage = &stage;
    if (line.starts_with("QUIT")) conversation.farewell = Steady::now();
    return 0;
}

// Called about every second at least; anything but 0 gives up.
int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto const& conversation = *static_cast<Conversation*>(context);
    if (conversation.farewell) return Steady::now() - *conversation.farewell > farewell_max;
    return conversation.stopped.load() ? 1 : 0;
}

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
    auto const code = curl_easy_setopt(curl, option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

void set_server(CURL* curl, SmtpSettings const& s) {
    set(curl, CURLOPT_URL, s.url.c_str());
    set(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(curl, CURLOPT_PROXY, "");  // no variable of the environment sends mails elsewhere
    switch (s.tls) {
        case SmtpSettings::Tls::required:
            set(curl, CURLOPT_USE_SSL, long{CURLUSESSL_ALL});
            break;
        case SmtpSettings::Tls::opportunistic:
            // Who could forge a certificate could as well withhold STARTTLS.
            set(curl, CURLOPT_USE_SSL, long{CURLUSESSL_TRY});
            set(curl, CURLOPT_SSL_VERIFYPEER, 0L);
            set(curl, CURLOPT_SSL_VERIFYHOST, 0L);
            break;
        case SmtpSettings::Tls::off:
            set(curl, CURLOPT_USE_SSL, long{CURLUSESSL_NONE});
            break;
    }
    set(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!s.ca_file.empty()) set(curl, CURLOPT_CAINFO, s.ca_file.c_str());
    if (!s.username.empty()) {
        set(curl, CURLOPT_USERNAME, s.username.c_str());
        set(curl, CURLOPT_PASSWORD, s.password.c_str());
        set(curl, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
    }
}

void set_times(CURL* curl, SmtpSettings const& s) {
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(s.connect_timeout.count()));
    set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(s.timeout.count()));
    // A resolver that is stuck holds nothing up; its thread ends by itself.
    set(curl, CURLOPT_QUICK_EXIT, 1L);
    // Says QUIT within this call, under our eyes.
    set(curl, CURLOPT_FORBID_REUSE, 1L);
}

void watch(CURL* curl, Conversation& conversation) {
    set(curl, CURLOPT_VERBOSE, 1L);  // without it nothing comes to on_debug
    set(curl, CURLOPT_DEBUGFUNCTION, &on_debug);
    set(curl, CURLOPT_DEBUGDATA, &conversation);
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(curl, CURLOPT_XFERINFODATA, &conversation);
}

// The server's "never" counts when it is about the recipient or the mail. Everything before is
// about us, and an operator can mend it.
bool is_final(Conversation const& conversation, long code) {
    bool const about_the_mail = conversation.is_at("RCPT TO:") || conversation.is_at("DATA");
    bool const wants_login = code == 530 || code == 535 || code == 538;
    return code >= first_final_refusal && about_the_mail && !wants_login;
}

Outcome outcome_of(CURLcode result, long code, Conversation const& conversation,
                   std::string_view detail) {
    if (result == CURLE_OK) return {Outcome::Kind::delivered};
    if (result == CURLE_ABORTED_BY_CALLBACK) return {Outcome::Kind::stopped, "blogd is stopping"};
    if (code >= first_refusal) {
        auto const what = conversation.stage == nullptr ? "us" : conversation.stage->what;
        return {is_final(conversation, code) ? Outcome::Kind::permanent : Outcome::Kind::temporary,
                "the mail server refused " + std::string(what) + " (" + std::to_string(code) + ')'};
    }
    std::string const why(detail.empty() ? curl_easy_strerror(result) : detail);
    return {Outcome::Kind::temporary, "the mail server: " + without_controls(why)};
}

}  // namespace

Smtp::Smtp(SmtpSettings settings) : settings_(std::move(settings)) {
    // Once for the program; it is never undone, since others may still use it at the end.
    static CURLcode const started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK)
        throw std::runtime_error(std::string("libcurl does not start: ") +
                                 curl_easy_strerror(started));
}

Outcome Smtp::send(Message const& message) {
    if (stopped_.load()) return {Outcome::Kind::stopped, "blogd is stopping"};
    auto const head = make_head(message, new_message_id());
    if (!head) return {Outcome::Kind::permanent, "no mail can be sent to such an address"};

    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> const owner(curl_easy_init(),
                                                                    curl_easy_cleanup);
    auto* const curl = owner.get();
    if (curl == nullptr) throw std::bad_alloc();
    Conversation conversation{stopped_};
    std::array<char, CURL_ERROR_SIZE> detail{};
    auto const mime = make_mime(curl, message);
    auto const lines = make_lines(*head);
    Lines recipients;
    append(recipients, head->to);

    set_server(curl, settings_);
    set_times(curl, settings_);
    watch(curl, conversation);
    set(curl, CURLOPT_ERRORBUFFER, detail.data());
    set(curl, CURLOPT_MAIL_FROM, head->from.c_str());
    set(curl, CURLOPT_MAIL_RCPT, recipients.get());
    set(curl, CURLOPT_HTTPHEADER, lines.get());
    set(curl, CURLOPT_MIMEPOST, mime.get());

    auto const result = curl_easy_perform(curl);
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    return outcome_of(result, code, conversation, detail.data());
}

}  // namespace blog::mail
