#pragma once
#include "assert.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace blog {

// What a caller must expect to go wrong. A broken disk throws; a bug asserts; neither is here.
// handlers/problem.cpp says what a client is told for each.
enum class Errc : std::uint8_t {
    post_not_found,
    user_not_found,
    username_taken,
    email_taken,
    forbidden,            // the writer is not whose it is
    login_not_found,      // a token that says nothing, or no longer
    password_changed,     // meanwhile, by somebody else
    reset_token_invalid,  // unknown, used, or too old
    picture_not_found,
    picture_invalid,    // not a JPEG, PNG, GIF or WebP, damaged, or too large to be one
    bad_credentials,    // unknown address, wrong password, disabled: nobody is told which
    wrong_password,     // of somebody who has logged in
    too_many_attempts,  // Error::retry_after says when there may be one more
    registration_closed,
    password_too_common,
    busy,             // a bounded queue or pool is full, or its patience ran out: try again later
    unavailable,      // the database does not answer, or did not take the write: disk full, closing
    outcome_unknown,  // the connection broke during the commit: perhaps stored, perhaps not
    text_not_storable,  // the database has no room for this text, or for one of its characters
};

// One expected failure and the place in our code that noticed it (for the log).
struct Error {
    Errc code;
    char const* file;
    int line;
    // clang 14 lacks std::source_location; these two builtins are what it is made of.
    Error(Errc c, char const* f = __builtin_FILE(), int l = __builtin_LINE()) noexcept
        : code(c), file(f), line(l) {}

    std::chrono::seconds retry_after{1};  // of busy, unavailable and too_many_attempts
};

// A value or an expected failure. Never empty; reading the wrong arm is a bug and asserts.
template <class T = void>
class [[nodiscard]] Result {
public:
    Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
    Result(Error e) : v_(std::in_place_index<1>, e) {}

    explicit operator bool() const noexcept { return v_.index() == 0; }
    T& operator*() noexcept {
        BLOG_ASSERT(*this);
        return *std::get_if<0>(&v_);
    }
    T const& operator*() const noexcept {
        BLOG_ASSERT(*this);
        return *std::get_if<0>(&v_);
    }
    T* operator->() noexcept { return &**this; }
    T const* operator->() const noexcept { return &**this; }
    Error const& error() const noexcept {
        BLOG_ASSERT(!*this);
        return *std::get_if<1>(&v_);
    }

private:
    std::variant<T, Error> v_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error e) : e_(e) {}

    explicit operator bool() const noexcept { return !e_; }
    Error const& error() const noexcept {
        BLOG_ASSERT(e_);
        return *e_;
    }

private:
    std::optional<Error> e_;
};

}  // namespace blog

// Bind a success to `name`, or leave the coroutine with the error: the only control-flow macro
// here.
#define CO_TRY(name, ...)                                \
    auto name##_result = (__VA_ARGS__);                  \
    if (!name##_result) co_return name##_result.error(); \
    auto& name = *name##_result
