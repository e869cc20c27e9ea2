import type { Detection } from '#sut/contract/components.ts';
import { POSTGRES_USER } from '#sut/contract/stores.ts';
import { hasFailoverSlots } from '../components/failover-slots.ts';
import { POSTGRES_SETTINGS } from './postgres-settings.ts';

const LOOPBACK = '127.0.0.1';
const REPLICATION_USER = 'replicator';

/** One member of a cluster. */
export interface PatroniMember {
  readonly name: string;
  readonly postgresDir: string;
  /** Folder of `postgres`, `initdb`, `pg_rewind` … */
  readonly binDir: string;
  /** Version of that PostgreSQL. */
  readonly version: string;
  /** Names of the other members. */
  readonly fellows: readonly string[];
  readonly port: number;
  /** Where other members reach its PostgreSQL: `port`, or a proxy. */
  readonly advertisedPort: number;
  readonly restPort: number;
  /** Where it reaches etcd. */
  readonly etcdPort: number;
  /** Absent: fast. */
  readonly detection?: Detection | undefined;
}

/** `patroni.yml` of one member, as JSON, which is YAML. The part under `bootstrap` is used by the first member only. */
export function patroniSettings(member: PatroniMember): string {
  return `${JSON.stringify(
    {
      scope: 'shop',
      name: member.name,
      restapi: {
        listen: `${LOOPBACK}:${member.restPort}`,
        connect_address: `${LOOPBACK}:${member.restPort}`,
      },
      // As a proxy: it would otherwise ask etcd for its address and go round what stands in between.
      etcd3: { hosts: [`${LOOPBACK}:${member.etcdPort}`], use_proxies: true },
      bootstrap: {
        dcs: { ...DETECTION[member.detection ?? 'fast'], ...clusterSettings(member) },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, { auth: 'trust' }, 'no-sync'],
      },
      postgresql: {
        listen: `${LOOPBACK}:${member.port}`,
        connect_address: `${LOOPBACK}:${member.advertisedPort}`,
        data_dir: member.postgresDir,
        bin_dir: member.binDir,
        authentication: {
          superuser: { username: POSTGRES_USER },
          replication: { username: REPLICATION_USER },
        },
        pg_hba: [`host all all ${LOOPBACK}/32 trust`, `host replication all ${LOOPBACK}/32 trust`],
        basebackup: [{ checkpoint: 'fast' }],
        parameters: hasFailoverSlots(member.version) ? { synchronized_standby_slots: slotsOf(member.fellows) } : {},
      },
      watchdog: { mode: 'off' },
    },
    undefined,
    2,
  )}\n`;
}

const MIB = 1_048_576;

/** Times in seconds, lag in bytes. `fast`: the smallest `ttl` that Patroni takes. `default`: its own, written out. */
const DETECTION = {
  // A dead primary is replaced at once instead of being started again in its place for up to five minutes.
  // What the synchronous member is behind with was acknowledged to nobody, and in a few seconds without standbys a primary
  // writes more than Patroni lets it be behind with: nobody could follow it.
  fast: { ttl: 20, loop_wait: 1, retry_timeout: 3, primary_start_timeout: 0, maximum_lag_on_failover: 64 * MIB },
  default: { ttl: 30, loop_wait: 10, retry_timeout: 10, primary_start_timeout: 300, maximum_lag_on_failover: MIB },
} as const;

/** What all members share, kept in etcd. */
const clusterSettings = ({ version }: PatroniMember) => ({
  // An acknowledged commit is on two members: a failover loses none.
  synchronous_mode: true,
  postgresql: {
    use_pg_rewind: true,
    use_slots: true,
    parameters: {
      ...POSTGRES_SETTINGS,
      // What a member that was away must still find to rewind or catch up.
      wal_keep_size: '128MB',
      // A replica's slots may hold back no more than this.
      max_replication_slots: 20,
      max_wal_senders: 20,
      ...(hasFailoverSlots(version) ? { sync_replication_slots: 'on', hot_standby_feedback: 'on' } : {}),
    },
  },
});

/** The physical slots of members, under the names that Patroni gives them. */
const slotsOf = (members: readonly string[]): string => members.map((name) => name.replaceAll('-', '_')).join(',');
