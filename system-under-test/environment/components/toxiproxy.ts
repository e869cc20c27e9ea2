import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentSource } from './component-source.ts';
import { inspectProgram, programCandidates } from './inspect-program.ts';

const VERSION = '2.5.0';
const MODULE = 'github.com/Shopify/toxiproxy/v2';

/** Toxiproxy, built from its Go module. */
export const TOXIPROXY: ComponentSource<'toxiproxy'> = {
  name: 'toxiproxy',
  neededVersion: `${VERSION} or newer`,
  installedVersion: VERSION,
  approximateBytes: 11_000_000,
  howToGetIt: 'put toxiproxy-server on PATH, or set CHAOS_TOXIPROXY_SERVER to one',
  installers: [{ program: 'go', debianPackage: 'golang-go' }],
  candidates: (surroundings) => programCandidates('toxiproxy-server', 'CHAOS_TOXIPROXY_SERVER', surroundings),
  pathInCache: (folder) => join(folder, 'toxiproxy-server'),
  inspect: (candidate, surroundings) =>
    inspectProgram(candidate, { needed: VERSION, versionArguments: ['-version'], libraryFolders: [], surroundings }),
  async install(folder, tools) {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    tools.report(`building ${MODULE}@v${VERSION} with go`);
    // A build from the module does not know its own version; the linker tells it.
    const ldflags = `-ldflags=-s -w -X ${MODULE}.Version=${VERSION}`;
    const env = { GOBIN: bin, GOFLAGS: '', ...(tools.surroundings.env.HOME ? {} : { HOME: folder }) };
    await tools.run('go', ['install', '-trimpath', ldflags, `${MODULE}/cmd/server@v${VERSION}`], { cwd: folder, env });
    await rename(join(bin, 'server'), join(folder, 'toxiproxy-server'));
  },
};
