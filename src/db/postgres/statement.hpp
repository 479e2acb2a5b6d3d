#pragma once
#include "clock.hpp"
#include "db/models.hpp"
#include "db/postgres/stored_text.hpp"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace blog::db::postgres {

// One SQL text, prepared under its name on every connection that may run it. Parameters and columns
// are binary, so each has a type that the text names ($1::int8).
struct Statement {
    char const* name;
    char const* sql;
};

// PostgreSQL counts microseconds from the year 2000.
inline constexpr std::int64_t epoch_shift_us = 946'684'800'000'000;

// Bytes for a bytea, which are no text.
struct Blob {
    std::string_view bytes;
};

// The parameters of one statement in libpq's form. Text is viewed, unless it has to be rewritten to
// be stored; it outlives the sending.
class Params {
public:
    static constexpr std::size_t count_max = 8;

    template <class... V>
    explicit Params(V const&... values) {
        static_assert(sizeof...(V) <= count_max);
        (add(values), ...);
    }
    Params(Params const&) = delete;
    Params& operator=(Params const&) = delete;

    int count() const noexcept { return static_cast<int>(count_); }
    char const* const* values() const noexcept { return values_.data(); }
    int const* lengths() const noexcept { return lengths_.data(); }
    static int const* formats() noexcept { return binary.data(); }

private:
    static constexpr std::array<int, count_max> binary{1, 1, 1, 1, 1, 1, 1, 1};

    void add(std::int64_t number) noexcept {
        if constexpr (std::endian::native == std::endian::little)
            number =
                static_cast<std::int64_t>(__builtin_bswap64(static_cast<std::uint64_t>(number)));
        numbers_[count_] = number;
        put(reinterpret_cast<char const*>(&numbers_[count_]), sizeof number);
    }
    // The ids.
    template <class Id>
    requires std::is_enum_v<Id>
    void add(Id id) noexcept { add(static_cast<std::int64_t>(id)); }
    void add(std::same_as<bool> auto value) noexcept { put(value ? "\1" : "", 1); }
    void add(Blob blob) noexcept {
        put(blob.bytes.data() == nullptr ? "" : blob.bytes.data(), blob.bytes.size());
    }
    void add(SysTime time) noexcept { add(time.time_since_epoch().count() - epoch_shift_us); }
    void add(std::string const& text) { add(std::string_view(text)); }
    void add(std::string_view text) {
        if (needs_stored_form(text)) text = to_stored(text, owned_.emplace_front());
        put(text.data() == nullptr ? "" : text.data(), text.size());
    }
    template <class T>
    void add(std::optional<T> const& value) {
        if (value)
            add(*value);
        else
            put(nullptr, 0);
    }
    void put(char const* bytes, std::size_t size) noexcept {
        values_[count_] = bytes;
        lengths_[count_++] = static_cast<int>(size);
    }

    std::array<char const*, count_max> values_{};
    std::array<int, count_max> lengths_{};
    std::array<std::int64_t, count_max> numbers_{};
    std::forward_list<std::string> owned_;
    std::size_t count_ = 0;
};

}  // namespace blog::db::postgres
