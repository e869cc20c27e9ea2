import type { Evidence } from '#invariants/history/event.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { CrashSite } from './crash-site.ts';

/** What a window is looked for in. */
export interface Strike {
  readonly environment: Environment;
  readonly site: CrashSite;
  readonly signal: AbortSignal;
}

/** A process was killed inside the window. */
export interface Struck {
  /** What shows that the window was open when it died. */
  readonly evidence: Evidence;
  /** Who took its place, once somebody has. Rejects when somebody should have and nobody did. */
  replaced(signal: AbortSignal): Promise<string>;
  /** What the healed system shows: that everything is whole again. Rejects when it contradicts the evidence. */
  healed(signal: AbortSignal): Promise<Evidence>;
}
