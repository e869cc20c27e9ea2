import { expect, test } from 'vitest';
import { packagesToInstall } from './debian-packages.ts';

test('the packages that a machine lacks are read from a simulated installation', () => {
  const simulation = `NOTE: This is only a simulation!
Reading package lists...
The following NEW packages will be installed:
  libjemalloc2 redis-server
Inst libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])
Inst redis-server [5:7.0.0] (5:7.0.15-1~deb12u10 Debian-Security:12/oldstable-security [amd64])
Conf libjemalloc2 (5.3.0-1 Debian:12.15/oldstable [amd64])`;
  expect(packagesToInstall(simulation)).toEqual(['libjemalloc2', 'redis-server']);
});

test('nothing is lacking when nothing would be installed', () => {
  expect(packagesToInstall('0 upgraded, 0 newly installed, 0 to remove.')).toEqual([]);
});
