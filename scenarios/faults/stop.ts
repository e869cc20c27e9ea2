import { processEnd } from './process-end.ts';

/** SIGTERM: the process may drain and leave its groups, as in a deployment. */
export const stop = processEnd({
  name: 'stop',
  summary: 'SIGTERM the process, start it again to heal',
  capability: 'stop',
});
