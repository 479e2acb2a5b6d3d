#pragma once
#include "views/program.hpp"
#include "views/source.hpp"
#include "views/view_model.hpp"

#include <span>
#include <string>
#include <string_view>

namespace blog::views {

class Files;  // syntax.hpp, which also describes the language

// Compiles the template named `page` for a view model with these variables, which must live as long
// as the program. All names, filters, files and the escape of each place are settled here, so that
// rendering cannot fail. Throws TemplateError.
Program compile(std::string_view page, Files& files, AssetUrl const& asset_url,
                std::span<Var const> vars);

// The program of one kind of page. Constant: any number of threads may render.
template <class V>
class Template {
public:
    // Throws TemplateError.
    Template(std::string_view page, Files& files, AssetUrl const& asset_url)
        : program_(compile(page, files, asset_url, ViewOf<V>::vars)) {}

    // Appends the page to `out`; throws std::bad_alloc only.
    void render(V const& view, std::string& out) const { program_.run(&view, out); }

private:
    Program program_;
};

}  // namespace blog::views
