import { expect, test } from 'vitest';
import { mountPointsIn } from './data-disk.ts';

test('mount points are read from mountinfo, blanks in them too', () => {
  const mountinfo = [
    '22 1 0:21 / /proc rw,nosuid - proc proc rw',
    '97 22 0:52 / /tmp/chaos\\040x/data/postgres rw,nosuid,nodev - tmpfs chaos rw,size=262144k',
    '',
  ].join('\n');
  expect(mountPointsIn(mountinfo)).toEqual(['/proc', '/tmp/chaos x/data/postgres']);
});
