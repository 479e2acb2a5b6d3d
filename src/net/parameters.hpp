#pragma once
#include <string>
#include <string_view>

namespace blog::net {

// "form-data; name=x; filename="y \" z"": the first word, then the parameters in order, as
// Content-Type and Content-Disposition write them. Views into the value.
class ParameterReader {
public:
    explicit ParameterReader(std::string_view value) noexcept;
    std::string_view first() const noexcept { return first_; }

    // Replaces both; false at the end, and where it is none of the above.
    bool next(std::string_view& name, std::string& value);
    bool well_formed() const noexcept { return rest_.empty(); }  // after the end

private:
    void skip_spaces() noexcept;
    bool read_quoted(std::string& value);

    std::string_view first_, rest_;
};

}  // namespace blog::net
