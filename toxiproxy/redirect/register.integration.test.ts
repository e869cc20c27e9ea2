import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redirectedNode } from '../testing/redirected-node.ts';
import { readBypasses, readRegistrations } from './bypass-log.ts';

const listening = async (server: Server, at: { port: number; host: string } | { path: string }): Promise<Server> => {
  server.listen(at);
  await once(server, 'listening');
  return server;
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe('a process with register.ts loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redirect-'));
  const unixPath = join(folder, 'unix.sock');
  const servers: Server[] = [];
  let real: number;
  let proxy: number;
  let tls: number;
  let firstTlsByte: Promise<number>;
  let bypassLog: string;
  let runs = 0;

  /** Answers with its role: which server a client reached is which role it prints. */
  const role = (name: string): Server => createServer((_, response) => response.end(name));

  beforeAll(async () => {
    const anyPort = { port: 0, host: '127.0.0.1' };
    servers.push(await listening(role('real'), anyPort), await listening(role('proxy'), anyPort));
    servers.push(await listening(role('unix'), { path: unixPath }));
    const tlsServer = createTcpServer();
    firstTlsByte = new Promise((resolve) => {
      tlsServer.on('connection', (socket) => {
        socket.on('error', () => undefined);
        socket.once('data', (data) => {
          resolve(data[0] ?? -1);
          socket.destroy();
        });
      });
    });
    servers.push(await listening(tlsServer, anyPort));
    [real = 0, proxy = 0] = servers.map((server) => (server.address() === unixPath ? 0 : portOf(server)));
    tls = portOf(tlsServer);
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    bypassLog = join(folder, `bypasses-${runs++}.ndjson`);
  });

  const links = () => [{ name: 'client->real', host: 'localhost', port: real, proxyPort: proxy }];
  const run = (code: string, proxied = links()) =>
    redirectedNode({ client: 'client', links: proxied, bypassLog }, code);

  it('reaches the proxy instead of the real server, in every call shape and through every HTTP client', async () => {
    const output = await run(`
      import http from 'node:http';
      import net from 'node:net';
      import { Agent, Pool, request } from 'undici';
      const text = (socket) => new Promise((resolve, reject) => {
        let got = '';
        socket.on('data', (data) => { got += data; });
        socket.on('end', () => resolve(got.slice(got.lastIndexOf('\\n') + 1)));
        socket.on('error', reject);
        socket.write('GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n');
      });
      const port = ${real};
      const url = 'http://localhost:' + port;
      const pool = new Pool(url);
      const agent = new Agent({ connect: { family: 4 } });
      const viaHttp = (options) => new Promise((resolve, reject) => {
        http.get(options, (response) => response.on('data', (data) => resolve(String(data)))).on('error', reject);
      });
      const reached = {
        fetch: await (await fetch('http://127.0.0.1:' + port)).text(),
        fetchV6: await (await fetch('http://[::1]:' + port)).text(),
        pool: await (await pool.request({ path: '/', method: 'GET' })).body.text(),
        agent: await (await request(url, { dispatcher: agent })).body.text(),
        http: await viaHttp({ port, host: 'localhost', agent: false }),
        httpAgent: await viaHttp({ port, host: 'localhost', agent: new http.Agent({ keepAlive: true }) }),
        portOnly: await text(net.connect(port)),
        portHostCallback: await text(net.connect(port, 'localhost', () => undefined)),
        options: await text(net.createConnection({ port, host: '::1' })),
        socket: await text(new net.Socket().connect(port, '127.0.0.1')),
        socketOptions: await text(new net.Socket().connect({ port: String(port) }, () => undefined)),
      };
      await Promise.all([pool.close(), agent.close()]);
      console.log(JSON.stringify(reached));
      process.exit(0);
    `);
    const reached: Record<string, string> = JSON.parse(output);
    expect(Object.keys(reached)).toHaveLength(11);
    expect(new Set(Object.values(reached))).toEqual(new Set(['proxy']));
    expect(readBypasses(bypassLog)).toEqual([]);
  });

  it('redirects TLS and reports nothing else about it: the proxy gets the ClientHello', async () => {
    const output = await run(
      `
      import tls from 'node:tls';
      const socket = tls.connect({ port: ${real}, host: 'localhost', rejectUnauthorized: false });
      socket.on('error', (error) => console.log(error.code));
      `,
      [{ name: 'client->real', host: 'localhost', port: real, proxyPort: tls }],
    );
    expect(output).toMatch(/ECONNRESET|EPROTO/);
    const handshakeRecord = 0x16;
    expect(await firstTlsByte).toBe(handshakeRecord);
  });

  it('reports a connection that is in no link, and lets it through', async () => {
    const output = await run(
      `
      console.log(await (await fetch('http://127.0.0.1:${real}')).text());
      const { get } = await import('node:http');
      get({ socketPath: ${JSON.stringify(unixPath)} }, (response) => response.on('data', (data) => console.log(String(data))));
      `,
      [],
    );
    expect(output.trim().split('\n')).toEqual(['real', 'unix']);
    expect(readBypasses(bypassLog)).toMatchObject([
      { client: 'client', target: `localhost:${real}`, atMs: expect.any(Number) },
      { client: 'client', target: `unix:${unixPath}` },
    ]);
  });

  it('is in force in worker threads too, and says so', async () => {
    const worker = `fetch('http://localhost:${real}').then((r) => r.text()).then((text) => process.stdout.write(text))`;
    const output = await run(`
      import { Worker } from 'node:worker_threads';
      new Worker(${JSON.stringify(worker)}, { eval: true });
    `);
    expect(output).toBe('proxy');
    expect(readRegistrations(bypassLog).length).toBeGreaterThanOrEqual(1);
    expect(readBypasses(bypassLog)).toEqual([]);
  });

  it('keeps errors and socket addresses as a client expects them', async () => {
    const output = await run(`
      import net from 'node:net';
      const socket = net.connect({ port: ${real}, host: 'localhost' });
      socket.on('connect', () => {
        console.log(socket.remoteAddress, socket.remotePort === ${proxy}, socket.localPort > 0);
        socket.destroy();
        try { net.connect({ port: 70_000 }); } catch (error) { console.log(error.code); }
      });
    `);
    expect(output.trim().split('\n')).toEqual(['127.0.0.1 true true', 'ERR_SOCKET_BAD_PORT']);
  });

  it('does not start without its settings', async () => {
    const broken = redirectedNode({ client: '', links: [], bypassLog }, '');
    await expect(broken).rejects.toThrow(/CHAOS_LINKS: client must be a text/);
  });
});
