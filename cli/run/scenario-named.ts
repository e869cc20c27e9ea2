import { SCENARIOS } from '#scenarios/catalog/index.ts';
import { nearestNames } from '#scenarios/model/nearest-names.ts';
import type { Scenario } from '#scenarios/model/scenario.ts';
import { UsageError } from '../present/usage-error.ts';

/** The scenario of this name; throws `UsageError` with the nearest names. */
export function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario !== undefined) return scenario;
  const names = SCENARIOS.map((candidate) => candidate.name);
  throw new UsageError(`there is no scenario "${name}".`, `Nearest: ${nearestNames(name, names).join(', ')}`);
}
