import { expect, test } from 'vitest';
import { parseRedisNodes, servesSlot } from './redis-nodes.ts';

const TEXT = `07c3 127.0.0.1:30004@31004,host4 slave e7d1 0 1426238317239 4 connected
67ed 127.0.0.1:30002@31002 master,fail? - 0 1426238316232 2 disconnected 5461-10922 10924 [10923->-e7d1]
e7d1 127.0.0.1:30001@31001 myself,master - 0 0 1 connected 0-5460
`;

test('tells roles, ports, ranges and who is failing', () => {
  const [replica, failing, myself] = parseRedisNodes(TEXT);
  expect(replica).toMatchObject({ id: '07c3', port: 30_004, isMaster: false, isMyself: false, slots: [] });
  expect(failing).toMatchObject({ isMaster: true, isFailing: true });
  expect(failing?.slots).toEqual([
    [5_461, 10_922],
    [10_924, 10_924],
  ]);
  expect(myself).toMatchObject({ isMyself: true, isFailing: false });
  expect(myself && [0, 5_460, 5_461].map((slot) => servesSlot(myself, slot))).toEqual([true, true, false]);
});

test('an empty answer has no nodes', () => {
  expect(parseRedisNodes('\n')).toEqual([]);
});
