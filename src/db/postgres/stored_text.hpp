#pragma once
#include <string>
#include <string_view>

namespace blog::db {

// PostgreSQL holds every character but U+0000. So that a text comes back as it was given, U+0000 is
// stored as the noncharacter U+FDD0, and the two noncharacters that this takes are stored behind
// U+FDD1: U+FDD0 as U+FDD1 U+FDD0, U+FDD1 as U+FDD1 U+FDD1. Nearly every text is its own stored
// form, and is then passed on without a copy. Works on bytes: what is no UTF-8 stays as it is.

// Whether `text` differs from its stored form.
bool needs_stored_form(std::string_view text) noexcept;
// The stored form: `text` itself, or `storage`, which then holds it.
std::string_view to_stored(std::string_view text, std::string& storage);

// Whether `stored` may differ from the text that it stands for.
bool is_stored_form(std::string_view stored) noexcept;
// The text: `stored` itself, or `storage`, which then holds it. A U+FDD1 that others wrote, with
// none of the two behind it, stands for itself.
std::string_view from_stored(std::string_view stored, std::string& storage);
std::string from_stored(std::string_view stored);

}  // namespace blog::db
