import type { Environment } from '#sut/contract/environment.ts';
import { NO_SPANS, type SpanSink } from '../../model/span-sink.ts';
import type { HistorySink } from '../../model/workload.ts';
import { reasonOf } from '../reason-of.ts';
import { ClientSpans } from './client-spans.ts';
import { SpanFile } from './span-file.ts';
import { TraceReceiver } from './trace-receiver.ts';

/** The spans of a run while it lasts; disposing writes what is left and records what was kept. */
export interface Traces extends AsyncDisposable {
  readonly clients: SpanSink;
}

/**
 * Keeps the spans that clients and services of a run send, until it is disposed. Without a collector's port in the environment there are none; when its
 * port is in use there are none of the services. Neither changes what is found out about the system: traces explain, they prove nothing.
 */
export async function openTraces(environment: Environment, path: string, history: HistorySink): Promise<Traces> {
  const port = environment.collectorPort;
  if (port === undefined) return { clients: NO_SPANS, [Symbol.asyncDispose]: async () => undefined };
  const held = new AsyncDisposableStack();
  const file = held.use(new SpanFile(path));
  held.defer(() => {
    history.record({ type: 'observation', kind: 'traces', values: { ...file.counts } });
  });
  const clients = held.use(new ClientSpans(file));
  try {
    held.use(await TraceReceiver.listen(port, file));
  } catch (error) {
    history.record({ type: 'observation', kind: 'traces-lost', values: { port, reason: reasonOf(error) } });
  }
  return { clients, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
