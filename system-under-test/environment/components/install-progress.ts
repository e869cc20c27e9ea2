import type { InstallableName } from './installable-name.ts';

/** What is going on while a server is installed. `bytes` on disk so far, of about `totalBytes` at the end. */
export interface InstallProgress {
  readonly component: InstallableName;
  readonly phase: 'waiting' | 'installing' | 'verifying' | 'optimising' | 'installed';
  readonly detail: string;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly elapsedMs: number;
}
