#!/usr/bin/env node
// Plain JavaScript, so that an old Node can still say what is wrong. `npx chaos` and npm scripts run under the
// package's own Node 24.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `chaos needs Node 24 or newer, this is ${process.version}. Run it as: npx chaos ${process.argv.slice(2).join(' ')}`,
  );
  process.exit(2);
}
// Who reads the output may be gone (`2>&1 | head`, a closed terminal): the command goes on, heals and ends as it would have.
const goOn = () => {};
process.stderr.on('error', goOn);
process.on('uncaughtException', explainAndExit);
// Most of the time of a short command is compiling.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
// Before anything else is loaded: what is loaded cannot be planted in any more.
const { plantInHarness } = await import('./run/plant-in-harness.ts');
await plantInHarness(process.argv.slice(2));
const { main } = await import('./main.ts');
// oclif's own listener goes on without the reader of a pipe, but throws without a terminal.
let lost;
process.stdout.removeAllListeners('error').on('error', (error) => {
  // Not a reader that is gone: a report that was to be kept is not, as on a full disk.
  if (error.code !== 'EPIPE' && error.code !== 'EIO') lost ??= error;
});
await main(process.argv.slice(2));
// What is kept open to a server that goes on living (`chaos up`) must not keep the command; what it has printed must
// arrive first: a pipe takes 64 KiB at a time, and its reader may be slow or gone.
await Promise.all([process.stdout, process.stderr].map(flushed));
if (lost === undefined) process.exit();
await explainAndExit(lost);

/** Resolves when the reader has taken everything, or is gone. */
function flushed(stream) {
  return new Promise((resolve) => {
    stream.once('error', resolve);
    stream.write('', resolve);
  });
}

/** For what nobody caught, rejections included: Node would exit with 1, which says that an invariant is violated. One that is stays so. */
async function explainAndExit(error) {
  const { text } = await import('./present/explain-error.ts').then(
    ({ explainError }) => explainError(error, process.argv.includes('--debug')),
    // What is missing or broken may be just that.
    () => ({ text: `Error: ${error}` }),
  );
  // The keeper sees that this process is gone, heals and stops what is left.
  await new Promise((resolve) => process.stderr.write(`${text}\n`, resolve));
  process.exit(process.exitCode === 1 ? 1 : 4);
}
