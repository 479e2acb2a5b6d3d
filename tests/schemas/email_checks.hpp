#pragma once
#include "schemas/email.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

// The expected answers are those of the recorded contract and of its original, email-validator
// 2.2.0 with idna 3.10 on Python 3.13.

namespace blog::schemas {

using Pair = std::pair<std::string, std::string>;

inline std::string times(int n, std::string_view part) {
    std::string whole;
    for (; n > 0; --n) {
        whole += part;
    }
    return whole;
}

// Each address is good and becomes its second half.
inline void check_accepted(std::initializer_list<Pair> pairs) {
    for (auto const& [text, address] : pairs) {
        BOOST_TEST_CONTEXT("address: " << text) {
            auto const report = check_email(text);
            BOOST_TEST(report.reason == "");
            BOOST_TEST(report.address == address);
        }
    }
}

// Each address is good and normal already.
inline void check_kept(std::initializer_list<std::string> addresses) {
    for (auto const& address : addresses) {
        check_accepted({{address, address}});
    }
}

// All of the addresses are bad for one reason.
inline void check_refused(std::string const& reason, std::initializer_list<std::string> addresses) {
    for (auto const& text : addresses) {
        BOOST_TEST_CONTEXT("address: " << text) {
            auto const report = check_email(text);
            BOOST_TEST(report.reason == reason);
            BOOST_TEST(report.address == "");
        }
    }
}

// The addresses are bad for reasons that begin and end alike, with the second halves between.
inline void check_refused(std::string const& before, std::string const& after,
                          std::initializer_list<Pair> pairs) {
    for (auto const& [text, middle] : pairs) {
        check_refused(before + middle + after, {text});
    }
}

}  // namespace blog::schemas
