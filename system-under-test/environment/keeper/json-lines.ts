import type { Socket } from 'node:net';

/** Calls `onFrame` for each line of JSON that arrives. A peer that sends anything else is cut off. */
export function readJsonLines(socket: Socket, onFrame: (frame: unknown) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      let frame: unknown;
      try {
        frame = JSON.parse(line);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error('unreadable frame'));
        return;
      }
      onFrame(frame);
    }
  });
}

export function writeJsonLine(socket: Socket, frame: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(frame)}\n`);
}
