import type { ComponentStatus } from '#sut/contract/environment.ts';
import type { SystemActivity } from './system-activity.ts';

/** What a probe may look at: the system from outside, after the fault-free workload. */
export interface ProbeContext {
  readonly components: readonly ComponentStatus[];
  readonly activity: SystemActivity;
  /** Operations of the fault-free workload that ended in each way. */
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number };
}

/** One measurable sentence of a steady-state hypothesis; it holds when min <= measure <= max. */
export interface Probe {
  readonly name: string;
  measure(context: ProbeContext): number;
  readonly tolerance: { readonly min?: number; readonly max?: number };
}

export const isTolerable = (value: number, { min, max }: Probe['tolerance']): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max);
