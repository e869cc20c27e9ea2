/** Files of a run bundle that the engine writes as the run goes on. The environment keeps its logs and its ledger beside them. */
export const BUNDLE_FILES = {
  run: 'run.json',
  plan: 'plan.json',
  history: 'history.ndjson',
  harvest: 'harvest.json',
  traces: 'traces.ndjson',
} as const;
