#include "handlers/endpoint.hpp"

#include "handlers/forms.hpp"
#include "handlers/reply.hpp"
#include "net/target.hpp"
#include "schemas/utf8.hpp"

namespace blog::handlers {
namespace {

// What a page says about any fault; the API lists them.
constexpr std::string_view page_fault = "Invalid request. Please check your input and try again.";

}  // namespace

void ArgumentReader::read(db::PostId& out) {
    out = db::PostId{read_integer()};
}
void ArgumentReader::read(db::UserId& out) {
    out = db::UserId{read_integer()};
}
void ArgumentReader::read(db::LoginId& out) {
    out = db::LoginId{read_integer()};
}

// A number beyond 64 bits is clamped: nothing has that id, so it is not found.
std::int64_t ArgumentReader::read_integer() {
    auto const index = next_++;
    auto const read = schemas::read_integer(raw_[index]);
    if (read.fault != schemas::IntegerFault::none)
        schemas::add_path_issue(issues_, net::param_name(pattern_, index), raw_[index], read.fault);
    return read.integer.value;
}

std::vector<schemas::NameValue> ArgumentReader::query_pairs() const {
    std::vector<schemas::NameValue> pairs;
    net::QueryReader reader(ctx_.req.query());
    for (schemas::NameValue pair; reader.next(pair.name, pair.value);)
        pairs.push_back(pair);
    return pairs;
}

std::optional<net::Response> ArgumentReader::refusal() {
    auto const path = ctx_.req.path();
    if (unreadable_) return problem(ctx_, net::Status::bad_request, unreadable_->detail);
    if (issues_.empty()) return std::nullopt;
    if (is_api(path)) return json(net::Status::unprocessable, schemas::to_json(issues_));
    return problem(ctx_, net::Status::unprocessable, page_fault);
}

// False: what is there is no form.
bool ArgumentReader::read_form(std::vector<schemas::NameValue>& fields) {
    auto read = form_fields(ctx_.req);
    if (auto* unreadable = std::get_if<schemas::Unreadable>(&read))
        unreadable_ = std::move(*unreadable);
    else
        fields = std::move(std::get<std::vector<schemas::NameValue>>(read));
    return !unreadable_;
}

// What FastAPI says when the part is not there, or is text.
void ArgumentReader::read(Upload& out) {
    auto read = form_part(ctx_.req, "file");
    if (auto* unreadable = std::get_if<schemas::Unreadable>(&read)) {
        unreadable_ = std::move(*unreadable);
        return;
    }
    out.file = std::move(std::get<std::optional<net::FormPart>>(read));
    if (!is_api(ctx_.req.path()) || (out.file && out.file->filename)) return;
    schemas::Issues issues;
    schemas::FieldReport report(issues, schemas::Place::body, "file");
    if (!out.file) {
        report.add_json("missing", "Field required", "null");
    } else {
        std::string input;
        schemas::append_json(input, schemas::with_replacements(out.file->content));
        report.add_json("value_error", "Value error, Expected UploadFile, received: <class 'str'>",
                        std::move(input), R"({"error":{}})");
    }
    issues_ = schemas::merged(std::move(issues_), std::move(issues));
}

void ArgumentReader::take_form_issues(schemas::Issues issues, schemas::Issues& of_page) {
    if (is_api(ctx_.req.path()))
        issues_ = schemas::merged(std::move(issues_), std::move(issues));
    else
        of_page = std::move(issues);
}

schemas::Situation situation_of(Context const& ctx) noexcept {
    return {.logged_in = ctx.login() != nullptr, .protected_accounts = ctx.protects_accounts()};
}

std::optional<net::Response> refuse_broken_body(Context& ctx) {
    auto const fault = schemas::body_fault(ctx.req.header("Content-Type"), ctx.req.body(),
                                           {.depth_max = ctx.app.config.json_depth_max});
    if (auto const* issues = std::get_if<schemas::Issues>(&fault); issues && !issues->empty())
        return json(net::Status::unprocessable, schemas::to_json(*issues));
    if (auto const* unreadable = std::get_if<schemas::Unreadable>(&fault))
        return problem(ctx, net::Status::bad_request, unreadable->detail);
    return std::nullopt;
}

void detail::KeyWriter::write_id(std::int64_t id) {
    auto const open = pattern_.find('{');
    path_.append(pattern_.substr(0, open)).append(std::to_string(id));
    pattern_.remove_prefix(pattern_.find('}') + 1);
}

net::Reply reply_now(net::Response response) {
    co_return std::move(response);
}

}  // namespace blog::handlers
