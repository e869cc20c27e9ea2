import type { HealAction } from '../../contract/environment.ts';

/** What a fault writes before it does any harm. */
export interface FaultEntry {
  readonly id: string;
  readonly kind: string;
  /** What undoes it, in this order. */
  readonly heal: readonly HealAction[];
  /** The keeper heals it by itself when it is still open after this time. */
  readonly leaseMs: number;
}

/** Who saw to it that a fault is undone. */
export type HealedBy = 'owner' | 'keeper' | 'recovery';

/** One line of the ledger. */
export type LedgerLine =
  | ({ readonly type: 'begin'; readonly atIso: string; readonly pid: number } & FaultEntry)
  | { readonly type: 'end'; readonly id: string; readonly by: HealedBy; readonly atIso: string; readonly pid: number };

export const encodeLine = (line: LedgerLine): string => `${JSON.stringify(line)}\n`;

/** A line in the middle of a ledger that is no ledger line; the file was not written by us alone. */
export class LedgerCorrupt extends Error {
  readonly lineNumber: number;
  constructor(lineNumber: number, cause: unknown) {
    super(`line ${lineNumber} of the fault ledger cannot be read`, { cause });
    this.name = 'LedgerCorrupt';
    this.lineNumber = lineNumber;
  }
}

/**
 * Reads a ledger. A torn last line (crash in the middle of a write) is dropped: a fault is injected only after its
 * line is on disk with its newline, so a torn line stands for a fault that never happened or for a heal that will
 * be done once more.
 */
export function decodeLedger(text: string): readonly LedgerLine[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as LedgerLine;
    } catch (error) {
      throw new LedgerCorrupt(index + 1, error);
    }
  });
}

/** The faults that were begun and not ended, oldest first. */
export function unhealed(lines: readonly LedgerLine[]): readonly FaultEntry[] {
  const open = new Map<string, FaultEntry>();
  for (const line of lines) {
    if (line.type === 'begin') open.set(line.id, line);
    else open.delete(line.id);
  }
  return [...open.values()];
}
