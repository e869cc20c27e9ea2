/**
 * One operating-system process, as data: everything needed to start it again, also by another process that
 * has only read this from a file. JSON-serialisable.
 */
export interface ProcessSpec {
  /** Component name, e.g. `kafka`; unique in an environment. */
  readonly name: string;
  /** Absolute path of the executable. */
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** User to run as; absent: the user of the parent. */
  readonly uid?: number;
  readonly gid?: number;
  /** Asks the process to end in order. It is killed when it has not ended `stopTimeoutMs` later. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
  readonly stopTimeoutMs: number;
  /**
   * Data folder of the PostgreSQL that this process is or supervises. All of its processes work in that folder and
   * belong to this one, also those that lead a session of their own, as Patroni's postmaster does.
   */
  readonly postgresDir?: string;
  /** Standard output and error are appended here; its folder exists. */
  readonly logFile: string;
}
