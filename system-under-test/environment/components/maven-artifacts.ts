import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstallerProgram } from './component-source.ts';
import type { InstallTools } from './install-tools.ts';

export const MAVEN_INSTALLERS: readonly InstallerProgram[] = [{ program: 'mvn', debianPackage: 'maven' }];

/**
 * Copies jars from Maven Central, each artifact (`group:id:version`) with everything that it needs at run time, into the
 * new folder `folder`. `what` is named to the user.
 */
export async function copyMavenArtifacts(
  what: string,
  artifacts: readonly string[],
  folder: string,
  tools: InstallTools,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pom = join(folder, 'pom.xml');
  await writeFile(pom, projectDescription(artifacts));
  tools.report(`downloading ${what} from Maven Central`);
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const jars = new Set<string>();
  await tools.run('mvn', ['-B', '-f', pom, ...goal], {
    cwd: folder,
    onLine(line) {
      const jar = /^\[INFO\] (?:Downloaded from .*\/|Copying )([\w.-]+\.jar)/.exec(line)?.[1];
      if (jar !== undefined) tools.report(`${jars.add(jar).size} files from Maven Central, last ${jar}`);
    },
  });
}

function projectDescription(artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, id, version] = artifact.split(':');
    return `    <dependency><groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version></dependency>`;
  });
  return [
    '<project>',
    '  <modelVersion>4.0.0</modelVersion>',
    '  <groupId>chaos</groupId><artifactId>servers</artifactId><version>1</version><packaging>pom</packaging>',
    '  <dependencies>',
    ...dependencies,
    '  </dependencies>',
    '</project>',
    '',
  ].join('\n');
}
