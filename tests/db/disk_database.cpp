#include "db/contract_database.hpp"
#include "db/sqlite/connection.hpp"
#include "support/temp_dir.hpp"

namespace blog::test {

namespace {
struct OnDisk final : ContractDatabase {
    TempDir folder;
    db::StoreOptions options() const override {
        db::StoreOptions options;
        options.path = folder.file("blog.db");
        options.media = folder.file("media");
        return options;
    }
    std::optional<std::int64_t> elsewhere(std::string const& sql) override {
        db::Connection other(folder.file("blog.db"),
                             {.access = db::Connection::Access::read_write});
        if (!sql.starts_with("SELECT")) {
            other.script(sql);
            return 0;
        }
        db::Statement statement(other.handle(), sql);
        db::Rows rows(statement);
        return rows.next() ? rows.integer(0) : 0;
    }
};
}  // namespace

std::unique_ptr<ContractDatabase> make_contract_database() {
    return std::make_unique<OnDisk>();
}

}  // namespace blog::test
