#pragma once
#include "schemas/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace blog::schemas::tests {

// One recorded exchange; texts are empty where the record has none.
struct Exchange {
    int number = 0;
    std::string method, path;  // the path as sent
    std::string content_type;
    std::string body;
    int status = 0;
    std::string answer;           // the body of the answer
    bool answer_recorded = true;  // false: it was too long to be kept
};

// tests/data/golden.jsonl
std::vector<Exchange> const& golden();

// A document that must be JSON.
JsonDocument document_of(std::string_view text);
// A value as json.dumps would write it.
std::string dumped(JsonValue value);
std::string dumped(std::string_view text);

// "%C3%BC" becomes two bytes; what is no escape stays.
std::string percent_decoded(std::string_view text);

}  // namespace blog::schemas::tests
