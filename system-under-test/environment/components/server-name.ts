/** Servers of other people that an environment runs. Toxiproxy carries the links and is no component of the shop. */
export const SERVER_NAMES = [
  'kafka',
  'postgres',
  'mongodb',
  'redis',
  'toxiproxy',
  'etcd',
  'patroni',
  'haproxy',
  'connect',
] as const;
export type ServerName = (typeof SERVER_NAMES)[number];
