import { expect, test } from 'vitest';
import { leaderIn } from './kafka-partition-leader.ts';

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const string = (text: string): Buffer => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]);
const absent = Buffer.from([0xff, 0xff]);
const ids = (...values: readonly number[]): Buffer => Buffer.concat([int32(values.length), ...values.map(int32)]);
const broker = (id: number): Buffer => Buffer.concat([int32(id), string('127.0.0.1'), int32(9_000 + id), absent]);
const partition = (index: number, leader: number): Buffer =>
  Buffer.concat([Buffer.from([0, 0]), int32(index), int32(leader), ids(1, 2, 3), ids(2, 3)]);
const answer = Buffer.concat([
  ...[int32(0), int32(11), int32(0), int32(2), broker(1), broker(2), string('cluster'), int32(1)],
  ...[int32(1), Buffer.from([0, 0]), string('rto'), Buffer.from([0]), int32(2), partition(0, 2), partition(1, -1)],
]);

test("a partition's leader is read off the answer", () => {
  expect([0, 1, 2].map((index) => leaderIn(answer, index))).toEqual([2, -1, undefined]);
});
