import type { Detection } from '../../contract/components.ts';
import type { InstallationOf } from '../components/installation.ts';
import type { ServerName } from '../components/server-name.ts';
import type { ProcessSpec } from '../process-spec.ts';

/** One server of an environment and its real ports, all on loopback. */
export interface ServerNode {
  /** Component name, e.g. `kafka-2`; also the name of its process. */
  readonly component: string;
  /** The program that it runs. */
  readonly server: ServerName;
  readonly port: number;
  /** A free port for each name in the driver's `extraPorts`. */
  readonly extraPorts: Readonly<Record<string, number>>;
  /** How soon it takes a silent fellow for dead; absent: fast. */
  readonly detection?: Detection;
}

/** A server among the others, which is how it is asked. */
export interface NodeInTopology extends ServerNode {
  /** Every server of the topology in the order of the contract, this one included. */
  readonly nodes: readonly ServerNode[];
}

/** Where a server is prepared to run. `dataDir` and the folder of `logFile` are made when they do not exist. */
export interface ServerPlace extends NodeInTopology {
  /** Absolute; every user that the server may run as can search its parents (see `server-user.ts`). */
  readonly dataDir: string;
  readonly logFile: string;
  /** Port under which other servers are to reach this one: its own, or that of a proxy in front of it. */
  readonly advertisedPort: number;
  /**
   * Port under which this server reaches `port` of another: the same, or that of the proxy of the link between them. A
   * server that then asks the other for its address would go round the proxy (Patroni and etcd: `use_proxies: true`).
   */
  reach(node: ServerNode): number;
  /** Installations of the programs in the driver's `needs`. */
  readonly programs: { readonly [N in ServerName]?: InstallationOf<N> };
}

/**
 * How one server is run, alone or as a member of a cluster: the nodes of its own program are its fellow members. Order
 * of calls: `prepare` once, then after every start of the process in turns `initialise` and `probe` until it is ready.
 * Node by node, all at the same time.
 */
export interface ServerDriver<N extends ServerName> {
  readonly name: N;
  /** Names of ports that it needs besides its main one, e.g. `controller`. */
  readonly extraPorts?: readonly string[];
  /** Other programs of which it needs the installation. */
  readonly needs?: readonly ServerName[];
  /** Started only when every node of these programs in the topology is ready (Patroni waits 5 s for an absent etcd). */
  readonly startsAfter?: readonly ServerName[];
  /** Writes settings and, when `dataDir` is empty, what the server needs there first; existing data is kept. */
  prepare(installation: InstallationOf<N>, place: ServerPlace, signal: AbortSignal): Promise<ProcessSpec>;
  /** One attempt at what can only be done with the running server (`replSetInitiate`); idempotent. */
  initialise?(node: NodeInTopology, signal: AbortSignal): Promise<void>;
  /** One attempt: resolves when the server serves clients, rejects with what it said instead. Bounded to seconds. */
  probe(node: NodeInTopology, signal: AbortSignal): Promise<void>;
  /** URL of this one node, with the database for those that have one. */
  url(port: number, database?: string): string;
}

/** The nodes that run the same program: the members of a cluster, in order, `node` included. */
export const fellowsOf = (node: NodeInTopology): readonly ServerNode[] =>
  node.nodes.filter(({ server }) => server === node.server);
