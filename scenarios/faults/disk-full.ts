import fc from 'fast-check';
import { z } from 'zod';
import type { Environment } from '#sut/contract/environment.ts';
import type { Fault } from '../model/fault.ts';
import { activeFault } from './active-fault.ts';
import { statusOf } from './component-params.ts';
import { provenFull, provenWritable } from './evidence/disk-space.ts';
import { startAgain } from './evidence/process-life.ts';
import { FAULT_BOUNDS } from './fault-bounds.ts';
import { FaultNotApplicable } from './fault-not-applicable.ts';

/** Those of which a write can be tried from outside, on the topology where they run alone. */
const SERVERS = ['postgres'] as const;

const schema = z.strictObject({ component: z.enum(SERVERS) });
export type DiskFullParams = z.infer<typeof schema>;

/**
 * No byte is free on the file system of a server's data: writes fail with ENOSPC, transactions with them, and a server that
 * cannot write its log ends itself. It heals by giving the space back and starting the server if it has ended.
 */
export const diskFull: Fault<DiskFullParams> = {
  name: 'disk-full',
  summary: "a database's file system is full; freed to heal, and the server started again if it ended",
  topologies: ['compact'],
  requires: ['fill-disk', 'free-disk', 'start'],
  params: (targets) =>
    fc.constantFrom(...SERVERS.filter((name) => targets.includes(name))).map((component) => ({ component })),
  parse: (params) => schema.parse(params),
  reach: ({ component }) => [component],
  takesMs: () => ({ effect: 3_000, heal: 8_000 }),
  heal: ({ component }) => [
    { kind: 'free-disk', component },
    { kind: 'start', component },
  ],
  async inject(environment, params, signal) {
    const { component } = params;
    const before = await statusOf(environment, params);
    if (before.state !== 'running') throw new FaultNotApplicable('disk-full', before);
    await environment.perform(component, 'fill-disk', signal);
    return activeFault({
      evidence: (evidenceSignal) => provenFull(environment, component, evidenceSignal),
      heal: () => free(environment, params),
      healedEvidence: (evidenceSignal) => provenWritable(environment, component, evidenceSignal),
    });
  },
};

async function free(environment: Environment, params: DiskFullParams): Promise<void> {
  await environment.perform(params.component, 'free-disk', AbortSignal.timeout(FAULT_BOUNDS.healMs));
  await startAgain(environment, params);
}
