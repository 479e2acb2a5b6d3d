#include "handlers/page_forms.hpp"

#include "schemas/users.hpp"

#include <algorithm>
#include <array>

namespace blog::handlers {
namespace {

constexpr std::size_t next_bytes_max = 1024;
constexpr std::string_view reason_mark =
    ": ";  // what follows it, in an e-mail's fault, is a reason

views::Field* find_field(views::Form& form, std::string_view name) noexcept {
    auto const found = std::ranges::find(form.fields, name, &views::Field::name);
    return found == form.fields.end() ? nullptr : &*found;
}

std::string characters(std::string_view before, std::int64_t count, std::string_view after) {
    std::string text(before);
    text.append(std::to_string(count)).append(count == 1 ? " character" : " characters");
    return text.append(after);
}

std::string missing(FieldSpec const& spec, schemas::Issue const&) {
    return std::string(spec.missing);
}
std::string too_short(FieldSpec const& spec, schemas::Issue const&) {
    return characters("Use at least ", spec.min, ".");
}
std::string too_long(FieldSpec const& spec, schemas::Issue const&) {
    return characters("Use at most ", spec.max, ".");
}
std::string no_address(FieldSpec const&, schemas::Issue const& issue) {
    std::string text("This is not an e-mail address");
    if (auto const at = issue.msg.find(reason_mark); at != issue.msg.npos)
        return text.append(issue.msg, at);
    return text += '.';
}

struct Words {
    std::string_view type;  // of the issue
    std::string (*say)(FieldSpec const&, schemas::Issue const&);
};
constexpr std::array<Words, 5> words{{{"missing", &missing},
                                      {"string_too_short", &too_short},
                                      {"string_too_long", &too_long},
                                      {"too_long", &too_long},
                                      {"value_error", &no_address}}};

std::string in_words(FieldSpec const& spec, schemas::Issue const& issue) {
    auto const* const found = std::ranges::find(words, issue.type, &Words::type);
    return found == words.end() ? std::string("This cannot be used. Please change it.")
                                : found->say(spec, issue);
}

// Failures that belong to a field, by the names that fields of that kind have.
struct Blamed {
    Errc code;
    std::array<std::string_view, 2> fields;  // the first one that the form has; none: the form
    std::string_view text;
};
constexpr std::array<Blamed, 7> blamed{{
    {Errc::username_taken, {"username", ""}, "This name is taken. Please choose another one."},
    {Errc::email_taken, {"email", ""}, "There is an account with this address already."},
    {Errc::password_too_common,
     {"new_password", "password"},
     "This is one of the passwords that are tried first. Please choose another one."},
    {Errc::wrong_password, {"current_password", "password"}, "This is not your current password."},
    {Errc::picture_invalid,
     {"file", ""},
     "This file is not a picture that can be used. It must be a JPEG, PNG, GIF or WebP."},
    {Errc::bad_credentials, {}, "The e-mail address or the password is not right."},
    {Errc::reset_token_invalid,
     {},
     "This link has been used, is too old, or is not whole. Please ask for a new one."},
}};

// The focus goes where there is something to do.
void choose_start(views::Form& form) {
    if (form.fields.empty()) return;
    auto const empty = [](views::Field const& f) { return f.value.empty(); };
    auto const first = std::ranges::find_if(form.fields, empty);
    if (first != form.fields.end()) first->starts = true;
}

views::Field field_of(FieldSpec const& spec) {
    return {.name = spec.name,
            .label = spec.label,
            .type = spec.type,
            .autocomplete = spec.autocomplete,
            .hint = spec.hint,
            .min = spec.min,
            .max = spec.max};
}

}  // namespace

FieldSpec const username_field{.name = "username",
                               .label = "Name",
                               .autocomplete = "nickname",
                               .hint = "It stands beside what you write.",
                               .missing = "Please choose a name.",
                               .min = schemas::username_rule.min,
                               .max = schemas::username_rule.max};

FieldSpec const email_field{.name = "email",
                            .label = "E-mail address",
                            .type = "email",
                            .autocomplete = "email",
                            .missing = "Please enter your e-mail address.",
                            .max = schemas::email_rule.max};

FieldSpec current_password_field(std::string_view name, std::string_view label) {
    return {.name = name,
            .label = label,
            .type = "password",
            .autocomplete = "current-password",
            .missing = "Please enter your password."};
}

FieldSpec new_password_field(std::string_view name, std::string_view label) {
    return {.name = name,
            .label = label,
            .type = "password",
            .autocomplete = "new-password",
            .hint = "At least 8 characters; 15 or more are better.",
            .missing = "Please choose a password.",
            .min = schemas::password_rule.min};
}

views::Form blank_form(FieldSpecs specs) {
    views::Form form;
    for (auto const& spec : specs)
        form.fields.push_back(field_of(spec));
    choose_start(form);
    return form;
}

views::Form form_as_sent(FieldSpecs specs, std::vector<schemas::NameValue> const& sent,
                         schemas::Issues const& issues) {
    views::Form form;
    for (auto const& spec : specs) {
        auto& field = form.fields.emplace_back(field_of(spec));
        if (spec.type != "password") field.value = sent_value(sent, spec.name);
        auto const issue = std::ranges::find(issues.list, spec.name, &schemas::Issue::field);
        if (issue != issues.list.end()) blame(form, spec.name, in_words(spec, *issue));
    }
    return form;
}

void fill(views::Form& form, std::string_view field, std::string_view value) {
    if (auto* const found = find_field(form, field)) found->value = value;
}

void blame(views::Form& form, std::string_view field, std::string_view fault) {
    form.faulty = true;
    auto* const found = find_field(form, field);
    if (found != nullptr && found->fault.empty()) found->fault = fault;
    if (found == nullptr && form.trouble.empty()) form.trouble = fault;
}

bool blame(views::Form& form, Error const& error) {
    auto const* const what = std::ranges::find(blamed, error.code, &Blamed::code);
    if (what == blamed.end()) return false;
    auto const is_there = [&](std::string_view name) { return find_field(form, name) != nullptr; };
    auto const* const field = std::ranges::find_if(what->fields, is_there);
    blame(form, field == what->fields.end() ? std::string_view() : *field, what->text);
    return true;
}

std::string_view sent_value(std::vector<schemas::NameValue> const& fields,
                            std::string_view name) noexcept {
    auto const last = std::find_if(fields.rbegin(), fields.rend(),
                                   [&](schemas::NameValue const& f) { return f.name == name; });
    return last == fields.rend() ? std::string_view() : std::string_view(last->value);
}

std::string_view local_path(std::string_view next) noexcept {
    constexpr std::string_view home = "/";
    // Browsers read '\' as '/', and drop tabs and line ends: "/\t/host" would be another site.
    auto const plain = [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; };
    bool const local = next.starts_with('/') && !next.starts_with("//") &&
                       next.size() <= next_bytes_max && std::ranges::all_of(next, plain);
    return local ? next : home;
}

}  // namespace blog::handlers
