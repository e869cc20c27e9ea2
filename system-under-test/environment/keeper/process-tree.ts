import { readdirSync } from 'node:fs';
import { identityOf, type ProcessIdentity, type ProcessStat, readStat, signalExactly } from './process-identity.ts';

/** Every process of the machine that can be read now. */
export function allProcesses(): readonly ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined);
}

/** Children, grandchildren … of a process, parents before their children; without the process itself. */
export function descendantsOf(rootPid: number, processes: readonly ProcessStat[]): readonly ProcessStat[] {
  const childrenOf = Map.groupBy(processes, (stat) => stat.parentPid);
  const found: ProcessStat[] = [];
  const queue = [rootPid];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    for (const child of childrenOf.get(pid) ?? []) {
      found.push(child);
      queue.push(child.pid);
    }
  }
  return found;
}

/** How often a tree is looked at again for processes that were forked while it was being signalled. */
const MAX_ROUNDS = 5;

/**
 * Signals a process and everything below it, parents first so that nobody is left to fork anew, and returns the
 * identities of all that were below it. PostgreSQL is why: its backends go on working when only the postmaster is
 * stopped, and hold its shared memory when only the postmaster is killed.
 */
export function signalTree(
  root: ProcessIdentity,
  signal: NodeJS.Signals,
  // Read before the first signal: the children of a killed process are given to another parent.
  snapshot: readonly ProcessStat[] = allProcesses(),
): readonly ProcessIdentity[] {
  const before = descendantsOf(root.pid, snapshot).map(identityOf);
  signalExactly(root, signal);
  for (const identity of before) signalExactly(identity, signal);
  const find = () => descendantsOf(root.pid, allProcesses()).map(identityOf);
  return before.length === 0 ? [] : [...before, ...signalUntilNoneIsNew(find, signal, before)];
}

/** Signals what `find` finds beside `known`, and looks again until nobody was forked meanwhile. Returns who was signalled. */
export function signalUntilNoneIsNew(
  find: () => readonly ProcessIdentity[],
  signal: NodeJS.Signals,
  known: readonly ProcessIdentity[] = [],
): readonly ProcessIdentity[] {
  const pids = new Set(known.map(({ pid }) => pid));
  const signalled: ProcessIdentity[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = find().filter(({ pid }) => !pids.has(pid));
    if (found.length === 0) break;
    for (const identity of found) {
      signalExactly(identity, signal);
      pids.add(identity.pid);
      signalled.push(identity);
    }
  }
  return signalled;
}
