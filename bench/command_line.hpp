#pragma once
#include <boost/program_options.hpp>

#include <exception>
#include <iostream>

namespace blog::bench {

namespace po = boost::program_options;

// Fills what `options` point to from the command line, then runs `body`. Returns the exit code: 0,
// or 1 after the reason was told on standard error. --help prints the options instead.
template <class Body>
int run_program(int argc, char** argv, po::options_description options, Body body) {
    try {
        options.add_options()("help", "print this");
        po::variables_map given;
        po::store(po::parse_command_line(argc, argv, options), given);
        if (given.contains("help")) {
            std::cout << options;
            return 0;
        }
        po::notify(given);
        body();
        return 0;
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": " << e.what() << '\n';
        return 1;
    }
}

}  // namespace blog::bench
