#include "schemas/openapi.hpp"

#include "assert.hpp"
#include "schemas/json_write.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace blog::schemas {
namespace {

// An object that is being written: opened here, closed when this goes out of scope.
class Object {
public:
    explicit Object(std::string& out) : out_(out) { out_ += '{'; }
    ~Object() { out_ += '}'; }
    Object(Object const&) = delete;
    Object& operator=(Object const&) = delete;

    // The caller writes the value.
    void key(std::string_view name) {
        if (!std::exchange(first_, false)) out_ += ',';
        append_json(out_, name);
        out_ += ':';
    }
    template <class T>
    void put(std::string_view name, T const& value) {
        key(name);
        append_json(out_, value);
    }
    void put(std::string_view name, char const* value) { put(name, std::string_view(value)); }
    template <class T>
    void put_if(std::string_view name, std::optional<T> const& value) {
        if (value) put(name, static_cast<std::int64_t>(*value));
    }

private:
    std::string& out_;
    bool first_ = true;
};

template <class Range, class Write>
void write_list(std::string& out, Range const& range, Write write) {
    char separator = '[';
    for (auto const& element : range) {
        out += separator;
        write(element);
        separator = ',';
    }
    out += separator == '[' ? "[]" : "]";
}

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "user_id" becomes "User Id".
std::string title_of(std::string_view name) {
    std::string out(name);
    bool first = true;
    for (char& c : out) {
        if (c == '_') c = ' ';
        if (first) c = upper(c);
        first = c == ' ';
    }
    return out;
}

// get_user of GET /api/users/{user_id}: get_user_api_users__user_id__get.
std::string operation_id(Operation const& operation) {
    std::string out(operation.name);
    out += operation.pattern;
    std::ranges::replace_if(
        out, [](char c) { return !is_word(c); }, '_');
    out += '_';
    return out += operation.method;
}

std::vector<std::string_view> path_parameters(std::string_view pattern) {
    std::vector<std::string_view> names;
    for (auto open = pattern.find('{'); open != pattern.npos; open = pattern.find('{', open + 1))
        names.push_back(pattern.substr(open + 1, pattern.find('}', open) - open - 1));
    return names;
}

class Writer {
public:
    void write(ApiInfo const&, std::span<Operation const>);
    std::string take() noexcept { return std::move(out_); }

private:
    void tags(std::span<Operation const>);
    void paths(std::span<Operation const>);
    void operation(Operation const&);
    void parameters(Operation const&, std::vector<std::string_view> const& path);
    void responses(Operation const&, bool validated);
    void response(Object& responses, std::uint16_t status, std::string_view description,
                  std::string_view component);
    void answers(Operation const&);
    void components();
    void shape(Shape const&);
    void type(TypeDoc const&, std::string_view title, bool bare = false);
    void reference(std::string_view component);
    void reference(Shape const& shape);
    void know(Shape const&);

    std::string out_;
    std::map<std::string_view, Shape const*> shapes_;  // by name: the order of the components
};

void Writer::reference(std::string_view component) {
    Object(out_).put("$ref", "#/components/schemas/" + std::string(component));
}

void Writer::reference(Shape const& shape) {
    know(shape);
    reference(shape.name);
}

// A component, with those that it refers to.
void Writer::know(Shape const& shape) {
    if (!shapes_.emplace(shape.name, &shape).second) return;
    for (auto const& field : shape.fields)
        if (field.type.shape) know(*field.type.shape);
}

// `bare`: within an anyOf, which has the title.
void Writer::type(TypeDoc const& doc, std::string_view title, bool bare) {
    if (doc.nullable && !bare) {
        Object object(out_);
        object.key("anyOf");
        out_ += '[';
        type(doc, {}, true);
        out_ += ",{\"type\":\"null\"}]";
        if (!title.empty()) object.put("title", title);
        return;
    }
    if (doc.shape && doc.type == "object") return reference(*doc.shape);
    Object object(out_);
    object.put("type", doc.type);
    object.put_if("maxLength", doc.max_length);
    object.put_if("minLength", doc.min_length);
    object.put_if("maximum", doc.maximum);
    object.put_if("minimum", doc.minimum);
    object.put_if("default", doc.fallback);
    if (!doc.format.empty()) object.put("format", doc.format);
    if (doc.shape) {
        object.key("items");
        reference(*doc.shape);
    }
    if (!title.empty()) object.put("title", title);
}

void Writer::shape(Shape const& shape) {
    Object object(out_);
    object.key("properties");
    {
        Object properties(out_);
        for (auto const& field : shape.fields) {
            properties.key(field.name);
            type(field.type, title_of(field.name));
        }
    }
    object.put("type", "object");
    std::vector<std::string_view> required;
    for (auto const& field : shape.fields)
        if (field.required) required.push_back(field.name);
    if (!required.empty()) {
        object.key("required");
        write_list(out_, required, [&](auto name) { append_json(out_, name); });
    }
    object.put("title", shape.name);
}

void Writer::parameters(Operation const& operation, std::vector<std::string_view> const& path) {
    struct Parameter {
        std::string_view place;
        FieldDoc field;
    };
    std::vector<Parameter> all;
    for (auto const name : path)
        all.push_back({"path", {name, {.type = "integer"}}});
    if (operation.query)
        for (auto const& field : operation.query().fields)
            all.push_back({"query", field});
    write_list(out_, all, [&](Parameter const& parameter) {
        Object object(out_);
        object.put("name", parameter.field.name);
        object.put("in", parameter.place);
        object.put("required", parameter.field.required);
        object.key("schema");
        type(parameter.field.type, title_of(parameter.field.name));
    });
}

// The schema of a success.
void Writer::answers(Operation const& operation) {
    auto const one = [&](Answer const& answer, std::string_view title) {
        type({.type = answer.list ? "array" : "object", .shape = &answer.shape()}, title);
    };
    auto const title = "Response " + title_of(operation_id(operation));
    if (operation.answers.size() == 1) return one(operation.answers.front(), title);
    Object object(out_);
    object.key("anyOf");
    write_list(out_, operation.answers, [&](Answer const& answer) { one(answer, {}); });
    object.put("title", title);
}

// An entry of "responses" whose body is a component.
void Writer::response(Object& responses, std::uint16_t status, std::string_view description,
                      std::string_view component) {
    responses.key(std::to_string(status));
    Object object(out_);
    object.put("description", description);
    object.key("content");
    Object content(out_);
    content.key("application/json");
    Object json(out_);
    json.key("schema");
    reference(component);
}

void Writer::responses(Operation const& operation, bool validated) {
    Object object(out_);
    object.key(std::to_string(operation.status));
    {
        Object success(out_);
        success.put("description", "Successful Response");
        if (!operation.answers.empty()) {
            success.key("content");
            Object content(out_);
            content.key("application/json");
            Object json(out_);
            json.key("schema");
            answers(operation);
        }
    }
    auto refusals = operation.refusals;
    bool const says_400 = std::ranges::count(refusals, 400, &Refusal::status) > 0;
    if (operation.body.shape && !says_400)
        refusals.push_back({400, "There was an error parsing the body"});
    std::ranges::sort(refusals, {}, &Refusal::status);
    BLOG_ASSERT(std::ranges::adjacent_find(refusals, {}, &Refusal::status) == refusals.end());
    for (auto const& refusal : refusals)
        response(object, refusal.status, refusal.description, "Detail");
    if (validated) response(object, 422, "Validation Error", "HTTPValidationError");
}

void Writer::operation(Operation const& operation) {
    Object object(out_);
    object.key("tags");
    write_list(out_, std::span(&operation.tag, 1), [&](auto tag) { append_json(out_, tag); });
    object.put("summary", title_of(operation.name));
    if (!operation.description.empty()) object.put("description", operation.description);
    object.put("operationId", operation_id(operation));
    auto const path = path_parameters(operation.pattern);
    if (!path.empty() || operation.query) {
        object.key("parameters");
        parameters(operation, path);
    }
    if (operation.body.shape) {
        object.key("requestBody");
        Object body(out_);
        body.put("required", true);
        body.key("content");
        Object content(out_);
        content.key(operation.body.type);
        Object json(out_);
        json.key("schema");
        reference(operation.body.shape());
    }
    if (operation.asks_for_login) {
        object.key("security");
        out_ += R"([{"OAuth2PasswordBearer":[]}])";
    }
    object.key("responses");
    responses(operation, !path.empty() || operation.query || operation.body.shape);
}

void Writer::tags(std::span<Operation const> operations) {
    std::vector<std::string_view> names;
    for (auto const& operation : operations)
        if (std::ranges::count(names, operation.tag) == 0) names.push_back(operation.tag);
    write_list(out_, names, [&](auto name) { Object(out_).put("name", name); });
}

void Writer::paths(std::span<Operation const> operations) {
    std::vector<std::string_view> patterns;
    for (auto const& operation : operations)
        if (std::ranges::count(patterns, operation.pattern) == 0)
            patterns.push_back(operation.pattern);
    Object object(out_);
    for (auto const pattern : patterns) {
        object.key(pattern);
        Object methods(out_);
        for (auto const& each : operations) {
            if (each.pattern != pattern) continue;
            methods.key(each.method);
            operation(each);
        }
    }
}

// The three shapes of refusals, which no table of ours declares: FastAPI's two and "detail".
constexpr std::string_view refusal_components =
    R"("Detail":{"properties":{"detail":{"type":"string","title":"Detail"}},"type":"object",)"
    R"("required":["detail"],"title":"Detail"},)"
    R"("HTTPValidationError":{"properties":{"detail":{"items":{"$ref":)"
    R"("#/components/schemas/ValidationError"},"type":"array","title":"Detail"}},)"
    R"("type":"object","title":"HTTPValidationError"},)"
    R"("ValidationError":{"properties":{"loc":{"items":{"anyOf":[{"type":"string"},)"
    R"({"type":"integer"}]},"type":"array","title":"Location"},)"
    R"("msg":{"type":"string","title":"Message"},"type":{"type":"string","title":"Error Type"},)"
    R"("input":{"title":"Input"},"ctx":{"type":"object","title":"Context"}},)"
    R"("type":"object","required":["loc","msg","type"],"title":"ValidationError"})";

void Writer::components() {
    Object object(out_);
    object.key("securitySchemes");
    out_ += R"({"OAuth2PasswordBearer":{"type":"oauth2","flows":{"password":{"scopes":{},)"
            R"("tokenUrl":"api/users/token"}}}})";
    object.key("schemas");
    Object schemas(out_);
    for (auto const& [name, each] : shapes_) {
        schemas.key(name);
        shape(*each);
    }
    out_ += shapes_.empty() ? "" : ",";
    out_ += refusal_components;
}

void Writer::write(ApiInfo const& info, std::span<Operation const> operations) {
    Object object(out_);
    object.put("openapi", "3.1.0");
    object.key("info");
    {
        Object about(out_);
        about.put("title", info.title);
        about.put("version", info.version);
        if (!info.description.empty()) about.put("description", info.description);
        about.key("license");
        out_ += R"({"name":"MIT","identifier":"MIT"})";
    }
    // Where the document itself came from: no address to go stale, no Host to believe.
    object.key("servers");
    out_ += R"([{"url":"/"}])";
    // Those that ask for a login say so themselves.
    object.key("security");
    out_ += "[]";
    object.key("tags");
    tags(operations);
    object.key("paths");
    paths(operations);
    object.key("components");
    components();
}

}  // namespace

std::string openapi_json(ApiInfo const& info, std::span<Operation const> operations) {
    Writer writer;
    writer.write(info, operations);
    return writer.take();
}

}  // namespace blog::schemas
