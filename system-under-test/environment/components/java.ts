import { join } from 'node:path';
import { findOnPath, isExecutable } from './find-on-path.ts';
import { programOutput } from './program-output.ts';
import { isAtLeast, javaVersionIn } from './version.ts';

const NEEDED_JAVA = '17';
export const JAVA_REMEDY = {
  where: 'JAVA_HOME and PATH',
  todo: `Install Java ${NEEDED_JAVA} or newer (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME to one.`,
};

export type JavaSearch =
  | { readonly found: true; readonly java: string; readonly version: string; readonly description: string }
  | { readonly found: false; readonly reason: string };

/** The first Java that is new enough, in JAVA_HOME or else on PATH. */
export async function findJava(env: Readonly<Record<string, string | undefined>>): Promise<JavaSearch> {
  const home = env.JAVA_HOME;
  const inHome = home ? join(home, 'bin', 'java') : undefined;
  const onPath = await findOnPath('java', env);
  const reasons: string[] = [];
  for (const java of [inHome, onPath]) {
    if (java === undefined) continue;
    const search = await inspectJava(java, env);
    if (search.found) return search;
    reasons.push(search.reason);
  }
  const detail = reasons.length > 0 ? reasons.join('; ') : 'no java was found';
  return { found: false, reason: `Java ${NEEDED_JAVA}+ is missing: ${detail}` };
}

async function inspectJava(java: string, env: Readonly<Record<string, string | undefined>>): Promise<JavaSearch> {
  if (!(await isExecutable(java))) return { found: false, reason: `${java} is not there` };
  try {
    const description = await programOutput(java, ['-version'], { env });
    const version = javaVersionIn(description);
    if (version === undefined) return { found: false, reason: `${java} does not tell its version` };
    if (!isAtLeast(version, NEEDED_JAVA)) return { found: false, reason: `${java} is Java ${version}` };
    return { found: true, java, version, description };
  } catch (error) {
    return { found: false, reason: `${java} does not run: ${String(error)}` };
  }
}
