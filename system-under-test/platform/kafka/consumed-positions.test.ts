import { expect, it } from 'vitest';
import { ConsumedPositions } from './consumed-positions.ts';

it('commits the offset after the last handled one, once', () => {
  const positions = new ConsumedPositions();
  positions.handled('t', 0, '4');
  positions.handled('t', 1, '9');
  positions.handled('t', 0, '5');
  const uncommitted = positions.uncommitted();
  expect(uncommitted).toEqual([
    { topic: 't', partition: 0, offset: '6' },
    { topic: 't', partition: 1, offset: '10' },
  ]);
  positions.committed(uncommitted);
  expect(positions.uncommitted()).toEqual([]);
});

it('never goes back, and keeps what was handled while a commit was on its way', () => {
  const positions = new ConsumedPositions();
  positions.handled('t', 0, '7');
  const sent = positions.uncommitted();
  positions.handled('t', 0, '3');
  positions.handled('t', 0, '8');
  positions.committed(sent);
  expect(positions.uncommitted()).toEqual([{ topic: 't', partition: 0, offset: '9' }]);
});
