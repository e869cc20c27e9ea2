import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { linksOf, TOPOLOGIES } from '../contract/components.ts';
import { assertPortsFree, PortTaken, planPorts } from './port-plan.ts';

it.each(TOPOLOGIES)('gives every component, proxy and client of %s a port of its own', async (topology) => {
  const { components, links, nodes } = await planPorts(topology, 'auto');
  const declared = linksOf(topology);
  expect(links.map(({ name }) => name)).toEqual(declared.map(({ name }) => name));
  const controls = new Set(links.map(({ controlPort }) => controlPort));
  expect(controls.size).toBe(new Set(declared.map(({ client }) => client)).size);
  const extra = nodes.flatMap(({ extraPorts }) => Object.values(extraPorts));
  const ports = [...Object.values(components), ...extra, ...links.map(({ listenPort }) => listenPort), ...controls];
  expect(new Set(ports).size).toBe(ports.length);
  for (const { name, upstreamPort } of links) {
    const server = declared.find((link) => link.name === name)?.server;
    expect(upstreamPort).toBe(server && components[server]);
  }
});

it('names component, port and holder of a port that is taken, and what to do', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const error = await assertPortsFree([['postgres', address.port]]).catch((caught: unknown) => caught);
  holder.close();
  if (!(error instanceof PortTaken)) throw new Error('the port was not found taken');
  expect(error.what).toContain(`postgres needs port ${address.port}, held by pid ${process.pid}: `);
  expect(error.todo).toContain('--ports auto');
  await expect(assertPortsFree([['postgres', address.port]])).resolves.toBeUndefined();
});
