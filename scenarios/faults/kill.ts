import { processEnd } from './process-end.ts';

/** SIGKILL: the process ends between two instructions and says goodbye to nobody. */
export const kill = processEnd({
  name: 'kill',
  summary: 'kill -9 the process, start it again to heal',
  capability: 'kill',
});
