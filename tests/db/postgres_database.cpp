#include "db/contract_database.hpp"
#include "support/postgres_server.hpp"

#include <chrono>
#include <thread>

namespace blog::test {

namespace {
struct InPostgres final : ContractDatabase {
    PostgresServer& server = PostgresServer::shared();
    std::string const name = server.create_database();

    ~InPostgres() override { server.drop_database(name); }
    db::StoreOptions options() const override {
        db::StoreOptions options;
        options.postgres.url = server.unix_url(name);
        return options;
    }
    std::optional<std::int64_t> elsewhere(std::string const& sql) override {
        auto const rows = server.query(name, sql);
        return rows.empty() || rows[0].empty() ? 0 : std::stoll(rows[0][0]);
    }
    void settle() const override { std::this_thread::sleep_for(std::chrono::milliseconds(300)); }
};
}  // namespace

std::unique_ptr<ContractDatabase> make_contract_database() {
    return std::make_unique<InPostgres>();
}

}  // namespace blog::test
