#pragma once
#include "admin/conversation.hpp"

#include <cstdio>
#include <string>

namespace blog::admin {

// Has the server that owns the database file do a command; what it prints goes to `out`. False:
// there is none, so the file is free. Throws ConfigError and std::runtime_error with the server's
// sentence, or ours when it cannot be asked. Blocks.
bool ask_server(std::string const& database_path, Request const& request, std::FILE* out);

}  // namespace blog::admin
