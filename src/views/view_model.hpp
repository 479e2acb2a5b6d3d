#pragma once
#include "clock.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace blog::views {

// What a template can do with a member depends on its kind alone: text is written, escaped; an
// integer is written; a time is written through |date or |iso; a bool and a list are tested; a list
// is looped over; a view has members of its own.
enum class Kind : std::uint8_t { text, integer, boolean, time, list, view };

// The elements of a list, one behind the other.
struct Items {
    std::byte const* first = nullptr;
    std::size_t count = 0;
};

// What the engine knows of one member: its name and a function that reads it from the object it is
// a member of. Made at compile time from a member pointer, so that the engine is ordinary code.
struct Var {
    std::string_view name;
    Kind kind = Kind::text;
    // The one of `kind` is set; an integer and a bool share theirs.
    std::string_view (*text)(void const* self) = nullptr;
    std::int64_t (*integer)(void const* self) = nullptr;
    SysTime (*time)(void const* self) = nullptr;
    Items (*items)(void const* self) = nullptr;
    void const* (*view)(void const* self) = nullptr;
    std::span<Var const> members{};  // of a view, and of each element of a list
    std::size_t item_bytes = 0;      // from one element of a list to the next
};

// Specialised next to each view model: `static constexpr std::array
// vars{var<&V::member>("name")...}`.
template <class V>
struct ViewOf;

namespace detail {

template <class T>
concept Text = std::convertible_to<T const&, std::string_view> && std::is_class_v<T>;

template <class T>
concept OptionalText = requires(T t) {
    t.has_value();
    requires Text<typename T::value_type>;
};

template <class T>
concept Integer = std::integral<T> &&(std::is_signed_v<T> || sizeof(T) < sizeof(std::int64_t)) &&
                  !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
                  !std::same_as<T, char8_t> && !std::same_as<T, char16_t> &&
                  !std::same_as<T, char32_t>;

template <class T>
concept List = !Text<T> && requires(T t) {
    t.data();
    t.size();
    typename T::value_type;
};

template <class T>
concept View = requires {
    ViewOf<T>::vars;
};

template <auto Member>
struct Of;

template <class V, class T, T V::*Member>
struct Of<Member> {
    static T const& of(void const* self) { return static_cast<V const*>(self)->*Member; }

    static std::string_view text(void const* self) {
        if constexpr (OptionalText<T>)
            return of(self) ? std::string_view(*of(self)) : std::string_view();
        else
            return of(self);
    }
    static std::int64_t integer(void const* self) { return static_cast<std::int64_t>(of(self)); }
    static SysTime time(void const* self) { return of(self); }
    static Items items(void const* self) {
        auto const bytes = std::as_bytes(std::span(of(self).data(), of(self).size()));
        return {bytes.data(), of(self).size()};
    }
    static void const* view(void const* self) { return &of(self); }

    static constexpr Var make(std::string_view name) {
        if constexpr (Text<T> || OptionalText<T>) {
            return {.name = name, .kind = Kind::text, .text = &text};
        } else if constexpr (std::same_as<T, bool>) {
            return {.name = name, .kind = Kind::boolean, .integer = &integer};
        } else if constexpr (Integer<T>) {
            return {.name = name, .kind = Kind::integer, .integer = &integer};
        } else if constexpr (std::same_as<T, SysTime>) {
            return {.name = name, .kind = Kind::time, .time = &time};
        } else if constexpr (List<T>) {
            using Item = std::remove_cv_t<typename T::value_type>;
            static_assert(View<Item>, "the elements of a list are view models: specialise ViewOf");
            return {.name = name,
                    .kind = Kind::list,
                    .items = &items,
                    .members = ViewOf<Item>::vars,
                    .item_bytes = sizeof(Item)};
        } else {
            static_assert(View<T>,
                          "a view model's member is text, a signed or small integer, a bool, a "
                          "SysTime, a list of view models, or a view model (specialise ViewOf)");
            return {.name = name, .kind = Kind::view, .view = &view, .members = ViewOf<T>::vars};
        }
    }
};

}  // namespace detail

// The member as templates see it. std::optional text that is not there reads as empty text.
template <auto Member>
constexpr Var var(std::string_view name) {
    return detail::Of<Member>::make(name);
}

}  // namespace blog::views
