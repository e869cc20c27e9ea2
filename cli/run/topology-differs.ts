import type { Topology } from '#sut/contract/components.ts';
import { UsageError } from '../present/usage-error.ts';

/** What runs is not what was asked for. */
export const topologyDiffers = (running: Topology, wanted: Topology): UsageError =>
  new UsageError(
    `the environment that \`chaos up\` keeps has the ${running} topology, and ${wanted} was asked for.`,
    'End it with `chaos down` first, or leave out --topology.',
  );
