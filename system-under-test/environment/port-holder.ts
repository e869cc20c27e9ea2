import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

const LISTEN = '0A';

/** Socket inodes that listen on `port`, from the text of `/proc/net/tcp` or `tcp6` (proc_pid_net(5)). */
export function listeningInodes(table: string, port: number): readonly string[] {
  const portHex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTEN && local.endsWith(`:${portHex}`))
    .flatMap(([, , , , , , , , , inode]) => (inode === undefined ? [] : [inode]));
}

/** Who listens on a port; `undefined` when nobody does or the holder is another user's and cannot be seen. */
export function portHolder(port: number): PortHolder | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(readOr(file), port));
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holdsOneOf(name, sockets));
  if (pid === undefined) return undefined;
  const command = readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return { pid: Number(pid), command: command === '' ? 'unknown' : command };
}

function holdsOneOf(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
