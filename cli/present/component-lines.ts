import type { ComponentStatus } from '#sut/contract/environment.ts';

/** One line for each component: state, address, process, version. */
export const componentLines = (components: readonly ComponentStatus[]): string[] =>
  components.map(({ name, state, port, pid, starts, version }) => {
    const restarts = starts > 1 ? `, started ${starts} times` : '';
    return `${name.padEnd(17)} ${state.padEnd(8)} 127.0.0.1:${port}`
      .padEnd(47)
      .concat(` pid ${pid ?? '-'}${restarts}  ${version}`);
  });
