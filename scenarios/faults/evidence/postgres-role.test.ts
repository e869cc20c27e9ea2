import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { takesWrites } from './postgres-role.ts';

/** Something that answers each connection in the place of a PostgreSQL. */
async function listening(answer: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('data', () => answer(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An ErrorResponse as in the PostgreSQL manual, "Message Formats". */
function refusal(code: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0Mno\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from('E'), length, fields]);
}

test.each(['57P01', '57P03'])('a server that says %s takes no writes', async (code) => {
  await using server = await listening((socket) => socket.end(refusal(code)));
  expect(await takesWrites(server.port)).toBe(false);
});

test('a port that refuses takes no writes', async () => {
  const { port, ...gone } = await listening(() => undefined);
  await gone[Symbol.asyncDispose]();
  expect(await takesWrites(port)).toBe(false);
});

test.each([
  ['keeps silent', () => undefined],
  ['hangs up', (socket: Socket) => socket.end()],
  ['has too many clients', (socket: Socket) => socket.end(refusal('53300'))],
])('of one that %s it is not known', async (_what, answer) => {
  await using server = await listening(answer);
  await expect(takesWrites(server.port)).rejects.toThrow();
});
