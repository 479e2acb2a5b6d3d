#include "db/faulty_vfs.hpp"

#include <sqlite3.h>

namespace blog::test {

namespace {

std::atomic<int> sync_count{0}, write_code{0}, sync_code{0}, countdown{0}, once_code{0};

// One file of the shim; SQLite gives it room for the real one behind it.
struct File {
    sqlite3_file base;
    sqlite3_file* real() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
    sqlite3_io_methods const& methods() noexcept { return *real()->pMethods; }
};

File* file(sqlite3_file* f) noexcept {
    return reinterpret_cast<File*>(f);
}

int fault(std::atomic<int> const& always) noexcept {
    if (int const code = always.load()) return code;
    if (countdown.load() > 0 && countdown.fetch_sub(1) == 1) return once_code.load();
    return SQLITE_OK;
}

int close(sqlite3_file* f) {
    int const code = file(f)->methods().xClose(file(f)->real());
    f->pMethods = nullptr;
    return code;
}
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    return file(f)->methods().xRead(file(f)->real(), to, size, at);
}
int write(sqlite3_file* f, void const* from, int size, sqlite3_int64 at) {
    if (int const code = fault(write_code)) return code;
    return file(f)->methods().xWrite(file(f)->real(), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
    return file(f)->methods().xTruncate(file(f)->real(), size);
}
int sync(sqlite3_file* f, int flags) {
    if (int const code = fault(sync_code)) return code;
    ++sync_count;
    return file(f)->methods().xSync(file(f)->real(), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
    return file(f)->methods().xFileSize(file(f)->real(), size);
}
int lock(sqlite3_file* f, int level) {
    return file(f)->methods().xLock(file(f)->real(), level);
}
int unlock(sqlite3_file* f, int level) {
    return file(f)->methods().xUnlock(file(f)->real(), level);
}
int check_reserved_lock(sqlite3_file* f, int* out) {
    return file(f)->methods().xCheckReservedLock(file(f)->real(), out);
}
int file_control(sqlite3_file* f, int op, void* argument) {
    return file(f)->methods().xFileControl(file(f)->real(), op, argument);
}
int sector_size(sqlite3_file* f) {
    return file(f)->methods().xSectorSize(file(f)->real());
}
int device_characteristics(sqlite3_file* f) {
    return file(f)->methods().xDeviceCharacteristics(file(f)->real());
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return file(f)->methods().xShmMap(file(f)->real(), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return file(f)->methods().xShmLock(file(f)->real(), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
    file(f)->methods().xShmBarrier(file(f)->real());
}
int shm_unmap(sqlite3_file* f, int remove) {
    return file(f)->methods().xShmUnmap(file(f)->real(), remove);
}

constexpr sqlite3_io_methods methods{2,
                                     close,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     file_size,
                                     lock,
                                     unlock,
                                     check_reserved_lock,
                                     file_control,
                                     sector_size,
                                     device_characteristics,
                                     shm_map,
                                     shm_lock,
                                     shm_barrier,
                                     shm_unmap,
                                     nullptr,
                                     nullptr};

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs shim;

int open(sqlite3_vfs*, char const* name, sqlite3_file* f, int flags, int* flags_out) {
    f->pMethods = nullptr;
    int const code = real_vfs->xOpen(real_vfs, name, file(f)->real(), flags, flags_out);
    if (code == SQLITE_OK) f->pMethods = &methods;
    return code;
}

}  // namespace

FaultyVfs::FaultyVfs() {
    sync_count = write_code = sync_code = countdown = once_code = 0;
    real_vfs = sqlite3_vfs_find(nullptr);
    shim = *real_vfs;
    shim.pNext = nullptr;
    shim.zName = "faulty";
    shim.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
    shim.xOpen = open;
    sqlite3_vfs_register(&shim, 1);
}

FaultyVfs::~FaultyVfs() {
    sqlite3_vfs_unregister(&shim);
    sqlite3_vfs_register(real_vfs, 1);
}

int FaultyVfs::syncs() const noexcept {
    return sync_count;
}
void FaultyVfs::fail_writes(int code) noexcept {
    write_code = code;
}
void FaultyVfs::fail_syncs(int code) noexcept {
    sync_code = code;
}
void FaultyVfs::fail_once(int n, int code) noexcept {
    once_code = code;
    countdown = n;
}

}  // namespace blog::test
