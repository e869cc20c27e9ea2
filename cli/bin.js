#!/usr/bin/env node
// Plain JavaScript, so that an old Node can still say what is wrong. `npx chaos` and npm scripts run under the
// package's own Node 24.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `chaos needs Node 24 or newer, this is ${process.version}. Run it as: npx chaos ${process.argv.slice(2).join(' ')}`,
  );
  process.exit(2);
}
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
// What is kept open to a server that goes on living (`chaos up`) must not keep the command; output is written by now.
process.exit();
