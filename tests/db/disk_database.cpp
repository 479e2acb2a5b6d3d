#include "db/contract_database.hpp"
#include "support/temp_dir.hpp"

namespace blog::test {

namespace {
struct OnDisk final : ContractDatabase {
    TempDir folder;
    db::StoreOptions options() const override {
        db::StoreOptions options;
        options.path = folder.file("blog.db");
        return options;
    }
};
}  // namespace

std::unique_ptr<ContractDatabase> make_contract_database() {
    return std::make_unique<OnDisk>();
}

}  // namespace blog::test
