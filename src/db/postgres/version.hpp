#pragma once

// SQL for a place in the server's log, as blog::Version knows it: the timeline in the upper 16
// bits, the byte in the lower 48 (256 TiB). After a failover the log goes on under a new timeline,
// from before what the old primary had written last: so a place on a newer timeline is newer,
// whatever its byte. int8.
//
// Of a primary it is what has been flushed: a commit is visible only after that, and what was
// logged beyond it may never reach a standby, which could then not stand in. (Another program that
// commits with synchronous_commit=off is visible a little before.)

#define VERSION_OF(timeline, place) "((" timeline ")::int8 << 48) + ((" place ") - '0/0')::int8"

#define TIMELINE_OF_PRIMARY \
    "('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::int8"
#define VERSION_OF_PRIMARY VERSION_OF(TIMELINE_OF_PRIMARY, "pg_current_wal_flush_lsn()")
// 0 before it has received anything: a primary that was demoted shows commits that no standby has.
// Who may not look at the receiver, or finds none, takes what is written in the control file, which
// may name the timeline before: then a place is taken for older than it is.
#define VERSION_OF_STANDBY                                                    \
    "CASE WHEN pg_last_wal_receive_lsn() IS NULL THEN 0 ELSE " VERSION_OF(    \
        "coalesce((SELECT received_tli FROM pg_stat_wal_receiver), greatest(" \
        "(SELECT timeline_id FROM pg_control_checkpoint()),"                  \
        " (SELECT min_recovery_end_timeline FROM pg_control_recovery())))",   \
        "pg_last_wal_replay_lsn()") " END"
#define VERSION_OF_EITHER \
    "CASE WHEN pg_is_in_recovery() THEN " VERSION_OF_STANDBY " ELSE " VERSION_OF_PRIMARY " END"
