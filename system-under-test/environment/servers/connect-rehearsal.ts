import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectInstallation, KafkaInstallation } from '../components/installation.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { CONNECT_SERVER, connectSpec } from './connect.ts';
import { KAFKA_SERVER } from './kafka.ts';
import { directPlace, freeNodes } from './place-nodes.ts';
import type { ServerNode, ServerPlace } from './server-driver.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const LIMIT_MS = 180_000;

/**
 * Starts a Kafka and a worker in `folder` until the worker answers, and stops the worker in order, so that its JVM
 * writes the archive that `installation` names. Nothing runs when it settles.
 */
export async function rehearseConnect(
  installation: ConnectInstallation,
  kafka: KafkaInstallation,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const taken = new Set<number>();
  const nodes = [...(await freeNodes(KAFKA_SERVER, 1, taken)), ...(await freeNodes(CONNECT_SERVER, 1, taken))];
  const placeOf = (name: string): ServerPlace => {
    const node: ServerNode | undefined = nodes.find(({ server }) => server === name);
    if (node === undefined) throw new Error(`there is no ${name}`);
    const files = { dataDir: join(folder, name), logFile: join(folder, `${name}.log`) };
    return directPlace(node, { nodes, ...files, programs: {} });
  };
  const kafkaSpec = await KAFKA_SERVER.prepare(kafka, placeOf('kafka'), limit);
  const workerSpec = await connectSpec(installation, 'make', placeOf('connect'));
  await using _ = await start(kafkaSpec);
  try {
    await waitUntilReady(KAFKA_SERVER, placeOf('kafka'), limit);
    await using worker = await start(workerSpec);
    await waitUntilReady(CONNECT_SERVER, placeOf('connect'), limit);
    worker.child.kill('SIGTERM');
    await Promise.race([worker.exited, once(limit, 'abort')]);
    limit.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    const tail = (await readFile(workerSpec.logFile, 'utf8').catch(() => '')).slice(-1_500);
    throw new Error(`Kafka Connect's first start failed; the end of its log:\n${tail}`, { cause: error });
  }
}

async function start(
  spec: ProcessSpec,
): Promise<AsyncDisposable & { readonly child: ChildProcess; readonly exited: Promise<unknown> }> {
  const log = await open(spec.logFile, 'a');
  const { cwd, env } = spec;
  const child = spawn(spec.command, [...spec.args], { cwd, env, stdio: ['ignore', log.fd, log.fd] });
  const exited = once(child, 'exit');
  return {
    child,
    exited,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      await log.close();
    },
  };
}
