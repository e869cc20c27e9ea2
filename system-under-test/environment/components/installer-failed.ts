import { stripVTControlCharacters } from 'node:util';

export type FailureKind = 'disk-full' | 'network' | 'timeout' | 'program-missing' | 'other';

/** An installer (pip, mvn, go, apt-get …) did not do its work. `saying`: what it said about it. */
export class InstallerFailed extends Error {
  override readonly name = 'InstallerFailed';
  readonly kind: FailureKind;
  readonly command: string;
  readonly saying: string;

  constructor(details: { readonly kind: FailureKind; readonly command: string; readonly saying: string }) {
    super(`${details.command}: ${details.kind}: ${details.saying}`);
    this.kind = details.kind;
    this.command = details.command;
    this.saying = details.saying;
  }
}

const DISK_FULL = /no space left on device|ENOSPC|disk quota exceeded|not enough free space/i;
const NETWORK =
  /(could not|couldn.t|unable to) (resolve|connect)|failed to fetch|temporary failure (in name resolution|resolving)|connection (refused|reset|timed out)|network is unreachable|no route to host|failed to establish a new connection|max retries exceeded|read timed out|could not transfer|transfer failed|dial tcp|i\/o timeout|unknown host|proxyerror|tls handshake/i;

/** Why an installer failed, read from what it printed. */
export function failureKindOf(output: string): FailureKind {
  if (DISK_FULL.test(output)) return 'disk-full';
  return NETWORK.test(output) ? 'network' : 'other';
}

const KEPT_LINES = 3;
const KEPT_CHARACTERS = 200;
/** What pip, Maven and tracebacks print around the line that matters. */
const NOISE =
  /^(\[(ERROR|INFO)\]\s*)?(\[Help|For more information|Re-run Maven|To see the full|$)|^\^+$|^WARNING: Retrying/;

/** What an installer said, for a message: the last line that names the known cause, else its last lines. */
export function sayingOf(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const telling = lines.findLast((line) => DISK_FULL.test(line)) ?? lines.findLast((line) => NETWORK.test(line));
  const kept = telling === undefined ? lines.filter((line) => !NOISE.test(line)).slice(-KEPT_LINES) : [telling];
  return kept.map((line) => (line.length > KEPT_CHARACTERS ? `${line.slice(0, KEPT_CHARACTERS)}…` : line)).join('\n');
}
