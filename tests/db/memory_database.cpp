#include "db/contract_database.hpp"

namespace blog::test {

namespace {
struct InMemory final : ContractDatabase {
    db::StoreOptions options() const override {
        db::StoreOptions options;
        options.path = ":memory:";
        return options;
    }
};
}  // namespace

std::unique_ptr<ContractDatabase> make_contract_database() {
    return std::make_unique<InMemory>();
}

}  // namespace blog::test
