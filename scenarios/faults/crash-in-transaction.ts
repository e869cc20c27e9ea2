import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import { nodesOf, TOPOLOGIES } from '#sut/contract/components.ts';
import type { HealAction } from '#sut/contract/environment.ts';
import { STORES } from '#sut/contract/stores.ts';
import { applyHeal } from '../engine/apply-heal.ts';
import type { Fault } from '../model/fault.ts';
import { activeFault } from './active-fault.ts';
import { failoverOf, takes } from './engines/failover-bounds.ts';
import { FAULT_BOUNDS } from './fault-bounds.ts';
import { FaultNotApplicable } from './fault-not-applicable.ts';
import { strikeBeforeAcknowledgement } from './windows/before-acknowledgement.ts';
import { strikeBeforeCommit } from './windows/before-commit.ts';
import { strikeBeforeMark } from './windows/before-mark.ts';
import { type CrashSite, crashSite, PUBLISHING_SERVICES, type PublishingService } from './windows/crash-site.ts';
import type { Strike, Struck } from './windows/struck.ts';

/** Moments of a transaction that publishes, in their order. */
export const CRASH_WINDOWS = ['before-commit', 'before-acknowledgement', 'before-mark'] as const;
export type CrashWindow = (typeof CRASH_WINDOWS)[number];

const schema = z
  .strictObject({
    service: z.enum(PUBLISHING_SERVICES),
    window: z.enum(CRASH_WINDOWS),
    topology: z.enum(TOPOLOGIES),
  })
  .refine(({ service, window }) => hasWindow(service, window), 'the service has no such window');
export type CrashInTransactionParams = z.infer<typeof schema>;

const STRIKES: Readonly<Record<CrashWindow, (strike: Strike) => Promise<Struck>>> = {
  'before-commit': strikeBeforeCommit,
  'before-acknowledgement': strikeBeforeAcknowledgement,
  'before-mark': strikeBeforeMark,
};

/** How long a window usually lets itself be waited for. */
const WINDOW_USUALLY_MS = 2_000;
const RELAY_TAKES_MS = { effect: 500, heal: 6_000 } as const;

/** Commits are held up by a lock, which only PostgreSQL has. */
const hasWindow = (service: PublishingService, window: CrashWindow): boolean =>
  window !== 'before-commit' || STORES[service].engine === 'postgres';

/**
 * A process dies at an exact moment of a service's transaction: the database's primary between the outbox insert and the commit,
 * or between the commit and its acknowledgement; the service between its relay's publishing and its marking. The moment is brought
 * about and seen, not hit by chance; without traffic it does not come, and the fault is not proven.
 */
export const crashInTransaction: Fault<CrashInTransactionParams> = {
  name: 'crash-in-transaction',
  summary: 'kill -9 the database before a commit or before its acknowledgement, or the relay between send and mark',
  requires: ['kill', 'pause', 'resume', 'start'],
  needsTraffic: true,
  params: drawParams,
  parse: (params) => schema.parse(params),
  reach: (params) => {
    const { victims, links } = disturbedBy(params);
    return [...victims, ...links];
  },
  takesMs: (params) => {
    const { engine } = crashSite(params.service, params.topology);
    const { effect, heal } =
      params.window === 'before-mark' ? RELAY_TAKES_MS : takes(failoverOf({ engine, topology: params.topology }));
    return { effect: WINDOW_USUALLY_MS + effect, heal };
  },
  heal: (params) => healOf(disturbedBy(params)),
  async inject(environment, params, signal) {
    const { victims, links, site } = disturbedBy(params);
    const broken = (await environment.status()).find(
      ({ name, state }) => victims.includes(name) && state !== 'running',
    );
    if (broken !== undefined) throw new FaultNotApplicable('crash-in-transaction', broken);
    const { evidence, replaced, healed } = await STRIKES[params.window]({ environment, site, signal });
    return activeFault({
      evidence: async (evidenceSignal) => ({
        ...evidence,
        detail: `${evidence.detail}; ${await replaced(evidenceSignal)}`,
      }),
      async heal() {
        const bound = AbortSignal.timeout(FAULT_BOUNDS.healMs);
        for (const action of healOf({ victims, links })) await applyHeal(environment, action, bound);
      },
      healedEvidence: healed,
    });
  },
};

type Disturbed = Pick<Strike, 'site'> & {
  readonly victims: CrashSite['nodes'];
  readonly links: CrashSite['storeLinks'];
};

const healOf = ({ victims, links }: Pick<Disturbed, 'victims' | 'links'>): readonly HealAction[] => [
  ...links.map((link) => ({ kind: 'restore-link', link }) as const),
  ...victims.map((component) => ({ kind: 'resume', component }) as const),
  ...victims.map((component) => ({ kind: 'start', component }) as const),
];

/** Who may be killed (of the database's nodes, whichever is the primary then), and the links that are disturbed on the way. */
function disturbedBy({ service, window, topology }: CrashInTransactionParams): Disturbed {
  const site = crashSite(service, topology);
  if (window === 'before-mark') {
    // Its database must answer meanwhile: the links to it keep faults on it away.
    return { site, victims: site.instances, links: [...site.kafkaLinks, ...site.storeLinks] };
  }
  return { site, victims: site.nodes, links: window === 'before-commit' ? [] : site.storeLinks };
}

/** Any window of a target that is a service. The targets tell the topology. */
function drawParams(targets: readonly string[]): Arbitrary<CrashInTransactionParams> {
  const topology =
    TOPOLOGIES.find((one) => nodesOf(one, 'postgres').some((node) => targets.includes(node))) ?? 'compact';
  const choices = PUBLISHING_SERVICES.filter((service) => targets.includes(service)).flatMap((service) =>
    CRASH_WINDOWS.filter((window) => hasWindow(service, window)).map((window) => ({ service, window, topology })),
  );
  return fc.constantFrom(...choices);
}
