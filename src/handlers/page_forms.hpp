#pragma once
#include "error.hpp"
#include "handlers/endpoint.hpp"
#include "views/account_pages.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the pages with forms share: fields as people see them, faults in words, where to go next.
namespace blog::handlers {

// A field of a form, static text throughout. `name` is the one that the form's schema knows.
struct FieldSpec {
    std::string_view name, label, type = "text";
    std::string_view autocomplete{}, hint{};
    std::string_view missing{};     // what is said when it was left empty
    std::int64_t min = 0, max = 0;  // characters, as the schema's rule says; 0: no such limit
};
using FieldSpecs = std::span<FieldSpec const>;

extern FieldSpec const username_field, email_field;
// What proves who one is, and what one chooses: password managers treat them differently.
FieldSpec current_password_field(std::string_view name, std::string_view label);
FieldSpec new_password_field(std::string_view name, std::string_view label);

// Nothing was typed yet.
views::Form blank_form(FieldSpecs specs);
// As it was sent, with what is wrong with it beside the fields; a password is never sent back.
views::Form form_as_sent(FieldSpecs specs, std::vector<schemas::NameValue> const& sent,
                         schemas::Issues const& issues);
template <class T>
views::Form form_as_sent(FieldSpecs specs, Form<T> const& in) {
    return form_as_sent(specs, in.fields, in.issues);
}
void fill(views::Form& form, std::string_view field, std::string_view value);

// Says that something is wrong with one field, if nothing was said of it yet.
void blame(views::Form& form, std::string_view field, std::string_view fault);
// The same of a failure that somebody who fills in forms can do something about: names that are
// taken, passwords that are wrong. False: it is of another kind, and nothing was said.
bool blame(views::Form& form, Error const& error);

// The last field of that name; "" when it was not sent.
std::string_view sent_value(std::vector<schemas::NameValue> const& fields,
                            std::string_view name) noexcept;

// Where a log in leads: `next` if it is a path of this site and cannot be taken for anything else,
// "/" otherwise.
std::string_view local_path(std::string_view next) noexcept;

}  // namespace blog::handlers
