import { join } from 'node:path';
import type { LoadedDefect } from '#scenarios/defects/load-defect.ts';
import { plantEnvironment, unplantedModules } from '#scenarios/defects/plant-environment.ts';
import type { Detection, Publisher, Topology } from '#sut/contract/components.ts';
import type { Environment, Preparation } from '#sut/contract/environment.ts';
import { attach } from '#sut/environment/attach.ts';
import { provision } from '#sut/environment/provision.ts';
import { provisionLines } from '../present/provision-lines.ts';
import { UsageError } from '../present/usage-error.ts';
import { assertSameKind } from './assert-same-kind.ts';

export interface WantedEnvironment {
  readonly stateDir: string;
  readonly bundleDir: string;
  readonly ports: 'default' | 'auto';
  readonly topology: Topology;
  readonly publisher: Publisher;
  /** How soon servers take a silent fellow for dead; absent: fast, and that of an environment that runs will do. */
  readonly detection?: Detection | undefined;
  readonly planted?: LoadedDefect | undefined;
  /** Whether the services of an environment of the run's own send spans. */
  readonly traces: boolean;
  /** What an environment of the run's own is prepared for. */
  readonly prepare?: Preparation;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A planted bug was named, but no process loaded some module of it: the run would try nothing, or half a bug. */
class DefectNotPlanted extends Error {
  override readonly name = 'DefectNotPlanted';
  readonly what: string;
  readonly where: string;
  readonly todo =
    'Check the modules that the defect names: neither a service of this topology nor the harness, which starts the servers, loads these.';
  constructor({ defect, file }: LoadedDefect, missing: readonly string[]) {
    super(`defect ${defect.name} was not planted in ${missing.join(', ')}`);
    this.what = this.message;
    this.where = file;
  }
}

/** The environment that `chaos up` keeps when there is one, else one of the run's own. */
export async function obtainEnvironment(wanted: WantedEnvironment): Promise<Environment> {
  const { stateDir, planted, write, signal } = wanted;
  const shared = await attach(stateDir);
  if (shared !== undefined) {
    try {
      assertSameKind(shared, wanted);
    } catch (error) {
      await shared.teardown();
      throw error;
    }
    if (planted === undefined) return shared;
    await shared.teardown();
    throw new UsageError(
      'a defect cannot be planted in the environment that `chaos up` keeps.',
      'End it with `chaos down` first.',
    );
  }
  const plantLog = join(wanted.bundleDir, 'logs', 'plantings.ndjson');
  const plant = planted && plantEnvironment({ defectFile: planted.file, log: plantLog });
  const environment = await provision({
    stateDir,
    runDir: wanted.bundleDir,
    ports: wanted.ports,
    topology: wanted.topology,
    publisher: wanted.publisher,
    traces: wanted.traces,
    ...(wanted.detection === undefined ? {} : { detection: wanted.detection }),
    ...(wanted.prepare === undefined ? {} : { prepare: wanted.prepare }),
    signal,
    onProgress: provisionLines(write),
    ...(plant === undefined ? {} : { serviceExecArgv: plant.execArgv, serviceEnv: plant.env }),
  });
  // Every process imports its modules before it is ready, so none of them is still to come.
  const missing = planted === undefined ? [] : unplantedModules(planted.defect, plantLog);
  if (planted !== undefined && missing.length > 0) {
    await environment.teardown();
    throw new DefectNotPlanted(planted, missing);
  }
  return environment;
}
