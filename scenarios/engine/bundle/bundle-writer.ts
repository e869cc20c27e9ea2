import { renameSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Harvest } from '#invariants/model/harvest.ts';
import type { RunRecord } from '#reports/model/run-report.ts';
import type { Plan } from '../../model/plan.ts';
import { formatPlan } from '../plan.ts';
import { BUNDLE_FILES } from './bundle-files.ts';
import { toHarvestFile } from './harvest-file.ts';

/** Writes the files of a bundle beside the history; each is whole on disk when its method returns. */
export class BundleWriter {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Creates the folder when it is missing. */
  static async create(dir: string): Promise<BundleWriter> {
    await mkdir(dir, { recursive: true });
    return new BundleWriter(dir);
  }

  get historyPath(): string {
    return join(this.dir, BUNDLE_FILES.history);
  }

  get tracesPath(): string {
    return join(this.dir, BUNDLE_FILES.traces);
  }

  writeRecord(record: RunRecord): void {
    this.#replace(BUNDLE_FILES.run, `${JSON.stringify(record, undefined, 2)}\n`);
  }

  writePlan(plan: Plan): void {
    this.#replace(BUNDLE_FILES.plan, formatPlan(plan));
  }

  writeHarvest(harvest: Harvest): void {
    this.#replace(BUNDLE_FILES.harvest, `${JSON.stringify(toHarvestFile(harvest))}\n`);
  }

  /** By way of a second file, so that a reader finds the old text or the new one, never a part. */
  #replace(name: string, text: string): void {
    const path = join(this.dir, name);
    writeFileSync(`${path}.new`, text, { flush: true });
    renameSync(`${path}.new`, path);
  }
}
