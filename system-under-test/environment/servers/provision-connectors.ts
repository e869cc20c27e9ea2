import type { Connector } from './debezium-connectors.ts';
import { untilResolved } from './until-resolved.ts';

const ATTEMPT_TIMEOUT_MS = 5_000;

/** Registers the connectors with the worker at `port`, or changes them to this; resolves when all of them run. */
export async function provisionConnectors(
  port: number,
  connectors: readonly Connector[],
  signal: AbortSignal,
): Promise<void> {
  // One after the other: each is a change of the group, and the worker refuses requests while it works one in.
  for (const { name, config } of connectors) {
    await untilResolved(
      `connector ${name} was not accepted`,
      () => request(port, 'PUT', `/connectors/${name}/config`, signal, config),
      signal,
    );
  }
  await untilResolved('not every connector runs', () => ensureRunning(port, connectors.length, signal), signal);
}

interface State {
  readonly state: string;
  readonly trace?: string;
}
type Statuses = Readonly<
  Record<
    string,
    { readonly status: { readonly connector: State; readonly tasks: readonly (State & { readonly id: number })[] } }
  >
>;

/** Rejects unless there are `count` connectors or more, each running with its task; starts what has failed again. */
export async function ensureRunning(port: number, count: number, signal: AbortSignal): Promise<void> {
  const statuses = (await request(port, 'GET', '/connectors?expand=status', signal)) as Statuses;
  const idle: string[] = [];
  for (const [name, { status }] of Object.entries(statuses)) {
    const [task] = status.tasks;
    if (status.connector.state === 'RUNNING' && task?.state === 'RUNNING') continue;
    idle.push(`${name} is ${status.connector.state}, its task ${task?.state ?? 'not there'}: ${causeIn(task?.trace)}`);
    const hasFailed = [status.connector, ...status.tasks].some(({ state }) => state === 'FAILED');
    if (hasFailed) await request(port, 'POST', `/connectors/${name}/restart?includeTasks=true&onlyFailed=true`, signal);
  }
  if (idle.length > 0) throw new Error(idle.join('; '));
  const found = Object.keys(statuses).length;
  if (found < count) throw new Error(`${found} of ${count} connectors are there`);
}

/** What a Java stack trace names last as its cause: what wraps it only says that the connector stops. */
const causeIn = (trace = ''): string =>
  trace
    .split('\n')
    .findLast((line, index) => index === 0 || line.startsWith('Caused by: '))
    ?.trim() ?? '';

async function request(
  port: number,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  signal: AbortSignal,
  body?: object,
): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text.slice(0, 1_000)}`);
  return text === '' ? undefined : JSON.parse(text);
}
