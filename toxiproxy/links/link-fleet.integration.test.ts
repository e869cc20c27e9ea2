import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EchoServer } from '../testing/echo-server.ts';
import { freePort } from '../testing/free-port.ts';
import { probeExchange } from '../testing/probe-exchange.ts';
import { TextConnection } from '../testing/text-connection.ts';
import { ToxiproxyProcess } from '../testing/toxiproxy-process.ts';
import { LinkFleet } from './link-fleet.ts';

const PING = Buffer.from('ping');
const LINK = 'payment->postgres';
const QUIET_MS = 300;

describe('LinkFleet on a real server', () => {
  let echo: EchoServer;
  let toxiproxy: ToxiproxyProcess;
  let fleet: LinkFleet;
  let proxyPort: number;
  let replacements: string[];

  beforeAll(async () => {
    echo = await EchoServer.start();
  });
  afterAll(async () => {
    await echo[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    toxiproxy = await ToxiproxyProcess.start();
    replacements = [];
    fleet = new LinkFleet({
      controlTimeoutMs: 500,
      replaceServer: async (client) => {
        replacements.push(client);
        await toxiproxy[Symbol.asyncDispose]();
        toxiproxy = await ToxiproxyProcess.start();
        return toxiproxy.address;
      },
    });
    fleet.useServer('payment', toxiproxy.address);
    proxyPort = await freePort();
    await fleet.create({ name: LINK, client: 'payment', listenPort: proxyPort, upstreamPort: echo.port });
  });
  afterEach(async () => {
    await toxiproxy[Symbol.asyncDispose]();
  });

  it('carries a connection, counts its bytes once it ended, and is created twice without harm', async () => {
    await fleet.create({ name: LINK, client: 'payment', listenPort: proxyPort, upstreamPort: echo.port });
    expect(await probeExchange(proxyPort, PING, 2_000)).toMatchObject({ end: 'answered', bytes: 4 });
    await expect.poll(() => fleet.status(LINK)).toMatchObject({ bytesUp: 4, bytesDown: 4 });
    expect(await fleet.status(LINK)).toMatchObject({ link: LINK, enabled: true, toxics: [], proxyPort });
    expect(await fleet.residue()).toEqual([]);
  });

  it('refuses to adopt a proxy that leads elsewhere', async () => {
    const other = { name: LINK, client: 'payment', listenPort: proxyPort, upstreamPort: 1 };
    await expect(fleet.create(other)).rejects.toThrow(/exists with ports/);
  });

  it('partition: a live connection stays open, and what was queued arrives after the heal', async () => {
    using connection = await TextConnection.open(proxyPort);
    connection.send('before ');
    expect(await connection.receives('before ', 2_000)).toBe(true);
    await fleet.disturb(LINK, { kind: 'partition', direction: 'both' });
    connection.send('during');
    expect(await connection.receives('before during', QUIET_MS)).toBe(false);
    expect(echo.received.endsWith('during')).toBe(false);
    expect(await probeExchange(proxyPort, PING, QUIET_MS)).toMatchObject({ end: 'silent' });
    expect(await fleet.residue()).toEqual([`${LINK}: toxic partition-upstream`, `${LINK}: toxic partition-downstream`]);
    await fleet.restore(LINK);
    expect(await connection.receives('before during', 2_000)).toBe(true);
    expect(connection.end).toBeUndefined();
  });

  it('partition down: the request arrives, the answer does not', async () => {
    using connection = await TextConnection.open(proxyPort);
    await fleet.disturb(LINK, { kind: 'partition', direction: 'down' });
    connection.send('one-way-down');
    await expect.poll(() => echo.received).toContain('one-way-down');
    expect(await connection.receives('one-way-down', QUIET_MS)).toBe(false);
    await fleet.restore(LINK);
    expect(await connection.receives('one-way-down', 2_000)).toBe(true);
  });

  it('partition up: the request does not arrive', async () => {
    using connection = await TextConnection.open(proxyPort);
    await fleet.disturb(LINK, { kind: 'partition', direction: 'up' });
    connection.send('one-way-up');
    expect(await connection.receives('one-way-up', QUIET_MS)).toBe(false);
    expect(echo.received).not.toContain('one-way-up');
    await fleet.restore(LINK);
    expect(await connection.receives('one-way-up', 2_000)).toBe(true);
  });

  it('cut: open connections end, new ones are refused, until restored', async () => {
    using connection = await TextConnection.open(proxyPort);
    await fleet.disturb(LINK, { kind: 'cut' });
    await expect.poll(() => connection.end).toBeDefined();
    expect(await probeExchange(proxyPort, PING, 1_000)).toMatchObject({ end: 'refused' });
    expect(await fleet.residue()).toEqual([`${LINK}: disabled`]);
    await fleet.restore(LINK);
    expect(await probeExchange(proxyPort, PING, 1_000)).toMatchObject({ end: 'answered' });
  });

  it('reset: an open connection ends when bytes flow, a new one is reset', async () => {
    using connection = await TextConnection.open(proxyPort);
    await fleet.disturb(LINK, { kind: 'reset' });
    connection.send('x');
    await expect.poll(() => connection.end).toBeDefined();
    expect(connection.text).toBe('');
    expect(await probeExchange(proxyPort, PING, 1_000)).toMatchObject({ end: 'reset' });
    await fleet.restore(LINK);
    expect(await probeExchange(proxyPort, PING, 1_000)).toMatchObject({ end: 'answered' });
  });

  it('latency: a round trip takes that much longer, and no longer after the heal', async () => {
    await fleet.disturb(LINK, { kind: 'latency', latencyMs: 200, jitterMs: 20, direction: 'down' });
    const slow = await probeExchange(proxyPort, PING, 2_000);
    expect(slow.end === 'answered' ? slow.answeredMs : 0).toBeGreaterThan(175);
    await fleet.restore(LINK);
    const fast = await probeExchange(proxyPort, PING, 2_000);
    expect(fast.end === 'answered' ? fast.answeredMs : Number.POSITIVE_INFINITY).toBeLessThan(150);
  });

  it('bandwidth and slice: a message is late, but whole', async () => {
    const message = 'm'.repeat(20_000);
    for (const disturbance of [
      { kind: 'bandwidth', bytesPerSecond: 50_000 },
      { kind: 'slice', averageSizeBytes: 500, delayMs: 10 },
    ] as const) {
      using connection = await TextConnection.open(proxyPort);
      await fleet.disturb(LINK, disturbance);
      const startMs = performance.now();
      connection.send(message);
      expect(await connection.receives(message, 20_000)).toBe(true);
      expect(performance.now() - startMs).toBeGreaterThan(350);
      await fleet.restore(LINK);
    }
  });

  it('restores twice without harm, and needs no disturbance to do so', async () => {
    await fleet.disturb(LINK, { kind: 'partition', direction: 'both' });
    await fleet.disturb(LINK, { kind: 'cut' });
    await fleet.restore(LINK);
    await fleet.restore(LINK);
    expect(await fleet.residue()).toEqual([]);
    expect(replacements).toEqual([]);
  });

  it('a hanging control API: disturbing times out, restoring replaces the server without its toxics', async () => {
    const other = { name: 'payment->kafka', client: 'payment', listenPort: await freePort(), upstreamPort: echo.port };
    await fleet.create(other);
    await fleet.disturb(LINK, { kind: 'partition', direction: 'both' });
    await fleet.disturb(other.name, { kind: 'cut' });
    toxiproxy.signal('SIGSTOP');
    await expect(fleet.disturb(LINK, { kind: 'reset' })).rejects.toThrow(/no answer within 500 ms/);
    const startMs = performance.now();
    await fleet.restore(LINK);
    expect(performance.now() - startMs).toBeLessThan(5_000);
    expect(replacements).toEqual(['payment']);
    expect(await fleet.status(other.name)).toMatchObject({ enabled: true, toxics: [] });
    expect(await fleet.residue()).toEqual([]);
    for (const port of [proxyPort, other.listenPort]) {
      expect(await probeExchange(port, PING, 1_000)).toMatchObject({ end: 'answered' });
    }
  });

  it('a server that does not read: the control API really hangs, and restoring replaces the Toxiproxy server', async () => {
    const deaf = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const address = deaf.address();
    const upstreamPort = address !== null && typeof address === 'object' ? address.port : 0;
    const name = 'payment->deaf';
    try {
      const listenPort = await freePort();
      await fleet.create({ name, client: 'payment', listenPort, upstreamPort });
      await fleet.disturb(name, { kind: 'bandwidth', bytesPerSecond: 1_000_000_000 });
      using connection = await TextConnection.open(listenPort);
      for (let i = 0; i < 200; i++) connection.send('x'.repeat(100_000));
      await connection.isBlocked(10_000);
      await fleet.restore(name);
      expect(replacements).toEqual(['payment']);
      expect(await fleet.residue()).toEqual([]);
    } finally {
      deaf.close();
    }
  });

  it('a server that died is replaced too', async () => {
    await toxiproxy[Symbol.asyncDispose]();
    await expect(fleet.status(LINK)).rejects.toThrow(/is the server running/);
    await fleet.restore(LINK);
    expect(replacements).toEqual(['payment']);
    expect(await probeExchange(proxyPort, PING, 1_000)).toMatchObject({ end: 'answered' });
  });

  it('gives up when the owner cannot replace the server in time', async () => {
    const stuck = new LinkFleet({
      controlTimeoutMs: 200,
      replaceTimeoutMs: 300,
      replaceServer: () => new Promise(() => undefined),
    });
    stuck.useServer('payment', toxiproxy.address);
    await stuck.create({ name: LINK, client: 'payment', listenPort: proxyPort, upstreamPort: echo.port });
    toxiproxy.signal('SIGSTOP');
    await expect(stuck.restore(LINK)).rejects.toThrow(/timeout/i);
  });
});
