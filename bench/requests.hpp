#pragma once
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace blog::bench {

// The requests of a load: several kinds, each with its weight, in an order that is random but the
// same in every run.
class Requests {
public:
    // `fields`: "Name: value", sent with each request. `content_type`: of those with a body.
    Requests(std::string_view host, std::vector<std::string> const& fields,
             std::string_view content_type);

    // "[1-1000]" in the path: a number from 1 to 1000, another for each request.
    // Throws std::runtime_error when the weight is not above 0.
    void add(std::string_view method, std::string_view path, double weight = 1,
             std::string_view body = {});
    // "METHOD PATH WEIGHT [BODYFILE]". Throws std::runtime_error.
    void add(std::string const& line);

    bool empty() const noexcept { return kinds_.empty(); }

    // Replaces `out` by the bytes of the next request; true when it is HEAD. Not when empty.
    bool next(std::string& out);

private:
    struct Kind {
        std::string before, after;       // all of the request but the number
        std::int64_t low = 0, high = 0;  // no number when both are 0
        bool head = false;
    };

    std::string lines_, content_type_;
    std::vector<Kind> kinds_;
    std::vector<double> weights_;
    std::mt19937_64 random_{1};
    std::discrete_distribution<std::size_t> choice_;
};

// Throws std::runtime_error when it cannot be read.
std::string read_file(std::string const& path);

}  // namespace blog::bench
