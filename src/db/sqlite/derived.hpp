#pragma once
#include "log.hpp"

namespace blog::db {

class Connection;

// What can be computed from users and posts and is kept ready: the indexes of the newest-first
// order, and the totals, by triggers, which work whoever writes the file. It is declared, not
// migrated: this makes the file fit the declaration, in one transaction, at each start. Costs a
// pass over the smallest index when nothing has to be done.
void ensure_derived(Connection& db, Log& log);

// For filling the tables at once, within one transaction of the caller: without indexes and
// triggers until they, and all that they keep, are made anew from the rows.
void drop_derived(Connection& db);
void make_derived_again(Connection& db);

}  // namespace blog::db
