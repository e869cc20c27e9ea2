import type { RunReport } from './run-report.ts';

/** Turns a report into text. Pure; one file each under `reporters/`, proven by a golden file beside it. */
export interface Reporter {
  readonly format: string;
  /** Name of the file in the bundle. */
  readonly fileName: string;
  render(report: RunReport): string;
}
