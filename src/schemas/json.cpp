#include "schemas/json.hpp"

#include "assert.hpp"
#include "schemas/cpython_json.hpp"
#include "schemas/json_builder.hpp"

#define RAPIDJSON_ASSERT(...) BLOG_ASSERT(__VA_ARGS__)
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace blog::schemas {
namespace {

// RapidJSON's events, handed on. Numbers come as text: what they are worth is the rules' business.
struct Events {
    JsonBuilder& build;
    using Size = rapidjson::SizeType;

    static std::string_view view(char const* text, Size size) { return {text, size}; }

    bool Null() { return build.null(); }
    bool Bool(bool yes) { return build.boolean(yes); }
    bool RawNumber(char const* text, Size size, bool) {
        auto const number = view(text, size);
        bool const real = number.find_first_of(".eE") != number.npos;
        return real ? build.real(number) : build.integer(number);
    }
    bool String(char const* text, Size size, bool) { return build.string(view(text, size)); }
    bool Key(char const* text, Size size, bool) { return build.key(view(text, size)); }
    bool StartObject() { return build.start_object(); }
    bool EndObject(Size) { return build.end_object(); }
    bool StartArray() { return build.start_array(); }
    bool EndArray(Size) { return build.end_array(); }
    // Never called: numbers come as text.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
};

}  // namespace

JsonParsed parse_json(std::string_view text, std::size_t depth_max) {
    {
        JsonBuilder builder(depth_max, text.size());
        Events events{builder};
        rapidjson::MemoryStream stream(text.data(), text.size());
        rapidjson::Reader reader;
        constexpr unsigned flags =
            rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
        bool const taken = !reader.Parse<flags>(stream, events).IsError();
        if (auto const refusal = builder.refusal()) return *refusal;
        // A NUL byte ends the text for RapidJSON, but not for us.
        if (taken && stream.Tell() == text.size()) return builder.take();
    }
    JsonBuilder builder(depth_max, text.size());
    if (auto const error = read_as_cpython(text, builder)) return *error;
    if (auto const refusal = builder.refusal()) return *refusal;
    return builder.take();
}

}  // namespace blog::schemas
