import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { listeningInodes, portHolder } from './port-holder.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31415 1 0 100 0 0 10 0
   1: 0100007F:2384 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 27182 1 0 20 4 30 10 -1
   2: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16180 1 0 100 0 0 10 0
`;

it('finds listeners and neither connections nor other ports', () => {
  expect(listeningInodes(TABLE, 0x2384)).toEqual(['31415']);
  expect(listeningInodes(TABLE, 3000)).toEqual(['16180']);
  expect(listeningInodes(TABLE, 3001)).toEqual([]);
});

it('names the process that listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  expect(portHolder(address.port)).toMatchObject({ pid: process.pid, command: expect.stringContaining('node') });
  server.close();
  await once(server, 'close');
  expect(portHolder(address.port)).toBeUndefined();
});
