import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentStatus, Environment } from '#sut/contract/environment.ts';
import type { CrashSite } from './crash-site.ts';

/** What a window is looked for in. */
export interface Strike {
  readonly environment: Environment;
  readonly site: CrashSite;
  readonly signal: AbortSignal;
}

/** A process was killed inside the window. */
export interface Struck {
  /** The killed component as it was. */
  readonly victim: ComponentStatus;
  /** What shows that the window was open when it died. */
  readonly evidence: Evidence;
  /** What the healed system shows of it; rejects when it contradicts the evidence. */
  afterwards(signal: AbortSignal): Promise<Evidence['values']>;
}
