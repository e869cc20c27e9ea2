/** A member of the PostgreSQL cluster as HAProxy sees it. */
export interface HaproxyMember {
  readonly name: string;
  readonly port: number;
  readonly restPort: number;
}

/**
 * `haproxy.cfg`: every connection goes to the member of which Patroni says that it is the primary. A member that is no
 * longer that loses its sessions at once: clients must not go on talking to a primary that was replaced.
 */
export function haproxySettings(port: number, members: readonly HaproxyMember[]): string {
  return `global
  maxconn 2000
  nbthread 1

defaults
  mode tcp
  timeout connect 2s
  # Idle connections of a pool are the clients' business.
  timeout client 1h
  timeout server 1h
  # A busy machine answers late; a dead Patroni refuses at once.
  timeout check 2s

listen postgres
  bind 127.0.0.1:${port}
  option httpchk OPTIONS /primary
  http-check expect status 200
  # A connection that meets a dead server is tried again with another one.
  retries 3
  option redispatch 1
  default-server inter 300ms fall 2 rise 1 on-marked-down shutdown-sessions
${members.map((m) => `  server ${m.name} 127.0.0.1:${m.port} check port ${m.restPort}`).join('\n')}
`;
}
