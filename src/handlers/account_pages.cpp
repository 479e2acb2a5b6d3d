#include "handlers/accounts.hpp"
#include "handlers/devices.hpp"
#include "handlers/forms.hpp"
#include "handlers/notices.hpp"
#include "handlers/page_forms.hpp"
#include "handlers/reply.hpp"
#include "handlers/routes.hpp"
#include "handlers/uploads.hpp"
#include "schemas/forms.hpp"
#include "views/filters.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

// /account: one's name, password, picture and sessions, and the end of it all.
namespace blog::handlers {
namespace {

using net::Status;

constexpr std::string_view account_path = "/account";

FieldSpecs detail_fields() {
    static FieldSpec const fields[] = {username_field, email_field};
    return fields;
}
FieldSpecs password_fields() {
    static FieldSpec const fields[] = {
        current_password_field("current_password", "Current password"),
        new_password_field("new_password", "New password")};
    return fields;
}
FieldSpecs picture_fields() {
    static FieldSpec const fields[] = {{.name = "file",
                                        .label = "New picture",
                                        .type = "file",
                                        .hint = "A JPEG, PNG, GIF or WebP of at most 5 MB. Its "
                                                "middle is shown."}};
    return fields;
}
FieldSpecs delete_fields() {
    static FieldSpec const fields[] = {current_password_field("password", "Password")};
    return fields;
}

// The forms of the page: one may be as it was sent, the others are as if nobody had touched them.
struct AccountForms {
    views::Form details, password, picture;

    explicit AccountForms(db::User const& me)
        : details(blank_form(detail_fields())),
          password(blank_form(password_fields())),
          picture(blank_form(picture_fields())) {
        fill(details, "username", me.username);
        fill(details, "email", me.email);
        for (auto* const form : {&details, &password, &picture})
            for (auto& field : form->fields)
                field.starts = false;
    }
    bool faulty() const noexcept { return details.faulty || password.faulty || picture.faulty; }
};

// "November 22, 2026, 09:05 UTC"
std::string minute_text(SysTime time) {
    std::string text(views::date_text(time));
    views::Stamp const stamp = views::iso_text(time);
    std::string_view const iso = stamp;
    return text.append(", ").append(iso.substr(iso.find('T') + 1, 5)).append(" UTC");
}

// The one that asks first.
std::vector<views::SessionRow> rows_of(std::vector<db::Login> const& logins, db::LoginId current) {
    std::vector<views::SessionRow> rows;
    for (auto const& login : logins)
        rows.push_back({.id = static_cast<std::int64_t>(login.id),
                        .device = device_name(login.device),
                        .last_used = minute_text(login.last_used),
                        .last_used_at = login.last_used,
                        .created_at = login.created,
                        .current = login.id == current});
    std::stable_partition(rows.begin(), rows.end(),
                          [](views::SessionRow const& row) { return row.current; });
    return rows;
}

net::Reply account_page(Context& ctx, Member const& me, AccountForms forms) {
    CO_TRY(db, co_await ctx.db());
    CO_TRY(logins, co_await db->list_logins(me.id(), ctx.app.clock.wall(), unused_since(ctx)));
    auto const status = forms.faulty() ? Status::unprocessable : Status::ok;
    auto const& user = me.login.user;
    std::string image;
    schemas::append_path(image, schemas::UserFields(user).image_path);
    auto rows = rows_of(logins, me.login.login.id);
    bool const elsewhere =
        std::ranges::any_of(rows, [](views::SessionRow const& r) { return !r.current; });
    co_return page(ctx,
                   views::AccountPage{.site = site_of(ctx),
                                      .user_id = static_cast<std::int64_t>(user.id),
                                      .email = user.email,
                                      .details = std::move(forms.details),
                                      .password = std::move(forms.password),
                                      .picture = std::move(forms.picture),
                                      .image_path = std::move(image),
                                      .has_picture = user.image_file && !user.image_file->empty(),
                                      .sessions = std::move(rows),
                                      .elsewhere = elsewhere},
                   status);
}

net::Reply show_account(Context& ctx, Member me) {
    AccountForms forms(me.login.user);
    co_return co_await account_page(ctx, me, std::move(forms));
}

Awaitable<Result<db::User>> store_details(Context& ctx, Member const& me, schemas::DetailsForm in) {
    CO_TRY(db, co_await ctx.db());
    db::UserChange change{std::move(in.username), std::move(in.email), std::nullopt};
    co_return co_await db->update_user(me.id(), std::move(change), ctx.writer());
}

net::Reply save_details(Context& ctx, Member me, Form<schemas::DetailsForm> in) {
    AccountForms forms(me.login.user);
    forms.details = form_as_sent(detail_fields(), in);
    if (forms.faulty()) co_return co_await account_page(ctx, me, std::move(forms));
    auto const saved = co_await store_details(ctx, me, std::move(in.value));
    if (saved) co_return redirect_with(ctx, account_path, Notice::details_saved);
    if (!blame(forms.details, saved.error())) co_return saved.error();
    co_return co_await account_page(ctx, me, std::move(forms));
}

net::Reply save_password(Context& ctx, Member me, Form<schemas::ChangePasswordRequest> in) {
    AccountForms forms(me.login.user);
    forms.password = form_as_sent(password_fields(), in);
    if (forms.faulty()) co_return co_await account_page(ctx, me, std::move(forms));
    auto const done = co_await change_password(ctx, me, std::move(in.value.current_password),
                                               std::move(in.value.new_password));
    if (done) co_return redirect_with(ctx, account_path, Notice::password_changed);
    if (!blame(forms.password, done.error())) co_return done.error();
    co_return co_await account_page(ctx, me, std::move(forms));
}

net::Reply save_picture(Context& ctx, Member me) {
    AccountForms forms(me.login.user);
    auto const read = form_part(ctx.req, "file");
    if (auto const* unreadable = std::get_if<schemas::Unreadable>(&read))
        co_return problem(ctx, Status::bad_request, unreadable->detail);
    auto const& part = std::get<std::optional<net::FormPart>>(read);
    if (!part || part->content.empty())
        blame(forms.picture, "file", "Please choose a picture first.");
    else if (part->content.size() > ctx.app.config.upload_bytes_max.value)
        blame(forms.picture, "file", too_large_text(ctx.app.config));
    if (forms.faulty()) co_return co_await account_page(ctx, me, std::move(forms));
    auto const user = co_await store_picture(ctx, me.id(), std::string(part->content));
    if (user) co_return redirect_with(ctx, account_path, Notice::picture_saved);
    if (!blame(forms.picture, user.error())) co_return user.error();
    co_return co_await account_page(ctx, me, std::move(forms));
}

net::Reply remove_picture(Context& ctx, Member me) {
    CO_TRY(db, co_await ctx.db());
    auto const done = co_await db->remove_picture(me.id(), ctx.writer());
    if (!done && done.error().code != Errc::picture_not_found) co_return done.error();
    co_return redirect_with(ctx, account_path, Notice::picture_removed);
}

// One that has ended meanwhile is as good as ended now.
net::Reply end_session(Context& ctx, Member me, db::LoginId id) {
    CO_TRY(db, co_await ctx.db());
    auto const ended = co_await db->end_login(me.id(), id);
    if (!ended && ended.error().code != Errc::login_not_found) co_return ended.error();
    co_return redirect_with(ctx, account_path, Notice::session_ended);
}

net::Reply end_other_sessions(Context& ctx, Member me) {
    CO_TRY(db, co_await ctx.db());
    auto const ended = co_await db->end_logins(me.id(), me.login.login.id);
    if (!ended) co_return ended.error();
    co_return redirect_with(ctx, account_path, Notice::sessions_ended);
}

net::Response delete_page(Context& ctx, Member const& me, views::Form form) {
    auto const status = form.faulty ? Status::unprocessable : Status::ok;
    return page(ctx,
                views::DeleteAccountPage{
                    .site = site_of(ctx), .form = std::move(form), .email = me.login.user.email},
                status);
}

net::Reply ask_before_delete(Context& ctx, Member me) {
    co_return delete_page(ctx, me, blank_form(delete_fields()));
}

net::Reply delete_account(Context& ctx, Member me, Form<schemas::ConfirmForm> in) {
    auto form = form_as_sent(delete_fields(), in);
    if (form.faulty) co_return delete_page(ctx, me, std::move(form));
    auto const sure = co_await confirm_password(ctx, me, std::move(in.value.password));
    if (!sure && !blame(form, sure.error())) co_return sure.error();
    if (!sure) co_return delete_page(ctx, me, std::move(form));
    CO_TRY(db, co_await ctx.db());
    auto const done = co_await db->delete_user(me.id(), ctx.writer());
    if (!done) co_return done.error();
    co_return redirect_with(ctx, "/login", Notice::account_deleted)
        .header("Set-Cookie", no_login_cookie(ctx));
}

}  // namespace

std::span<Endpoint const> account_pages() {
    static Endpoint const table[] = {
        get<"/account", &show_account>,
        post<"/account", &save_details>,
        post<"/account/password", &save_password>,
        post<"/account/picture", &save_picture>,
        post<"/account/picture/delete", &remove_picture>,
        post<"/account/sessions/end-others", &end_other_sessions>,
        post<"/account/sessions/{session_id}/end", &end_session>,
        get<"/account/delete", &ask_before_delete>,
        post<"/account/delete", &delete_account>,
    };
    return table;
}

}  // namespace blog::handlers
