import type { Probe } from '../model/probe.ts';
import { isQuiescent } from '../model/system-activity.ts';

/** What every scenario takes for granted before it does harm: all components run, clients are answered, the system comes to rest. */
export const STEADY_HYPOTHESIS: readonly Probe[] = [
  {
    name: 'components-running',
    measure: ({ components }) =>
      components.filter((component) => component.state === 'running').length / components.length,
    tolerance: { min: 1 },
  },
  { name: 'operations-answered', measure: ({ operations }) => operations.ok + operations.fail, tolerance: { min: 8 } },
  { name: 'operations-unanswered', measure: ({ operations }) => operations.info, tolerance: { max: 0 } },
  { name: 'system-quiescent', measure: ({ activity }) => (isQuiescent(activity) ? 1 : 0), tolerance: { min: 1 } },
];
