import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import type { Evidence } from '#invariants/history/event.ts';
import { ALL_LINKS, type Link } from '#sut/contract/components.ts';
import type { Environment, LinkDisturbance } from '#sut/contract/environment.ts';
import type { Fault } from '../model/fault.ts';
import { eventually, type Sighting } from '../timing/eventually.ts';
import { activeFault } from './active-fault.ts';
import { type Ping, ping } from './evidence/ping.ts';
import { provenWholeAgain } from './evidence/whole-again.ts';
import { FAULT_BOUNDS } from './fault-bounds.ts';

export type LinkName = Link['name'];
export const linkSchema = z.custom<LinkName>(
  (value) => ALL_LINKS.some((link) => link.name === value),
  'not a link of any topology',
);

export interface LinkParams {
  readonly link: LinkName;
}

/** Asks the server of a link for a sign of life, through the link's proxy or past it. */
export interface LinkProbe {
  through(options?: { readonly timeoutMs?: number; readonly paddingBytes?: number }): Promise<Ping>;
  direct(options?: { readonly timeoutMs?: number; readonly paddingBytes?: number }): Promise<Ping>;
}

/** What distinguishes one link fault from another; ports, proxies, ledger and healing are the same for all. */
export interface LinkFaultDeclaration<P extends LinkParams> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<P>;
  /** Draws the rest of the parameters for a drawn link. */
  draw(link: LinkName): Arbitrary<P>;
  disturbance(params: P): LinkDisturbance;
  /** Looks once for the harm on the link. */
  sight(probe: LinkProbe, params: P): Promise<Sighting<Evidence>>;
}

export function linkFault<P extends LinkParams>(declaration: LinkFaultDeclaration<P>): Fault<P> {
  const { name, summary, schema } = declaration;
  return {
    name,
    summary,
    requires: [],
    params: (targets) =>
      fc
        .constantFrom(...ALL_LINKS.map((link) => link.name).filter((link) => targets.includes(link)))
        .chain((link) => declaration.draw(link)),
    parse: (params) => schema.parse(params),
    reach: ({ link }) => [link],
    heal: ({ link }) => [{ kind: 'restore-link', link }],
    async inject(environment, params, signal) {
      const before = await environment.linkStatus(params.link);
      await environment.disturb(params.link, declaration.disturbance(params), signal);
      let isOverEarly = false;
      return activeFault({
        evidence: async (evidenceSignal) => {
          const seen = await eventually(
            `${name} on ${params.link} shows`,
            () => declaration.sight(linkProbe(environment, params.link, evidenceSignal), params),
            { timeoutMs: FAULT_BOUNDS.effectMs, signal: evidenceSignal },
          );
          const after = await environment.linkStatus(params.link);
          const counters = {
            bytesUpSince: after.bytesUp - before.bytesUp,
            bytesDownSince: after.bytesDown - before.bytesDown,
          };
          return { ...seen, values: { ...seen.values, ...counters } };
        },
        async heal() {
          isOverEarly = await isUndisturbed(environment, params.link);
          await environment.restore(params.link, AbortSignal.timeout(FAULT_BOUNDS.healMs));
        },
        async healedEvidence(evidenceSignal) {
          if (isOverEarly) {
            throw new Error(
              `${name} on ${params.link} was over early: the proxy of its client was replaced; repeat the run`,
            );
          }
          return provenRestored(environment, params.link, evidenceSignal);
        },
      });
    },
  };
}

function serverOf(name: LinkName): Link['server'] {
  const link = ALL_LINKS.find((one) => one.name === name);
  if (link === undefined) throw new Error(`${name} is no link of any topology`);
  return link.server;
}

function linkProbe(environment: Environment, link: LinkName, signal: AbortSignal): LinkProbe {
  const server = serverOf(link);
  return {
    through: async ({ timeoutMs = FAULT_BOUNDS.silenceMs, paddingBytes = 0 } = {}) =>
      ping(server, (await environment.linkStatus(link)).proxyPort, { timeoutMs, paddingBytes, signal }),
    direct: ({ timeoutMs = FAULT_BOUNDS.silenceMs, paddingBytes = 0 } = {}) =>
      ping(server, environment.port(server), { timeoutMs, paddingBytes, signal }),
  };
}

/** Nothing is left of any disturbance, as when the proxy was replaced because another link of its client could not be restored. */
async function isUndisturbed(environment: Environment, link: LinkName): Promise<boolean> {
  // A proxy that does not answer does not give its toxics up.
  const status = await environment.linkStatus(link).catch(() => undefined);
  return status?.enabled === true && status.toxics.length === 0;
}

/**
 * A healed link is open, free of toxics, and its server answers through it (which it may do late: it may be starting itself);
 * the cluster of its ends is whole (`provenWholeAgain`).
 */
async function provenRestored(environment: Environment, link: LinkName, signal: AbortSignal): Promise<Evidence> {
  const restored = await eventually(
    `${link} is restored`,
    async () => {
      const { enabled, toxics } = await environment.linkStatus(link);
      const probe = await linkProbe(environment, link, signal).through({ timeoutMs: 2_000 });
      return enabled && toxics.length === 0 && probe.outcome === 'answered'
        ? {
            seen: {
              kind: 'link-restored',
              detail: `no toxics, answered through the proxy in ${probe.elapsedMs} ms`,
              values: { probeMs: probe.elapsedMs },
            },
          }
        : {
            missing: `enabled ${enabled}, toxics ${toxics.join(' ') || 'none'}, probe ${probe.outcome} ${probe.detail}`,
          };
    },
    { timeoutMs: FAULT_BOUNDS.healMs, signal },
  );
  return provenWholeAgain(environment, link, restored, signal);
}
