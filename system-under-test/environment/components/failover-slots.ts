import { isAtLeast } from './version.ts';

/**
 * Since version 17 PostgreSQL itself takes logical slots along in a failover, and shows their readers nothing that is not on the
 * standbys yet (`synchronized_standby_slots`). Before it, Patroni copies the slots, and a reader may be shown a commit
 * that dies with the primary. https://www.postgresql.org/docs/17/logicaldecoding-explanation.html
 */
export const FAILOVER_SLOTS_SINCE = '17';

export const hasFailoverSlots = (version: string): boolean => isAtLeast(version, FAILOVER_SLOTS_SINCE);
