// What a person sees of an interactive block: redacted as everything else, but a question is not held back until its line ends.
// It leaves the terminal in no mode that a program which was killed had asked for.
import type { Redactor } from '@runbook/access';

/** After this pause a line without an end is shown, because somebody may have to answer it. Milliseconds. */
const promptMs = 20;

/** Modes that a program may leave behind, as they usually are: cursor keys, cursor, mouse, the other screen, pasting. */
const usual: ReadonlyMap<string, string> = new Map([['1', 'l'], ['25', 'h'], ['47', 'l'], ['1000', 'l'], ['1002', 'l'], ['1003', 'l'], ['1006', 'l'], ['1047', 'l'], ['1049', 'l'], ['2004', 'l']]);

/** Opens a view. @param show puts text on the person's terminal as it is */
export function openTerminalView(redactor: Redactor, show: (text: string) => void): { write(text: string): void; close(): void } {
  const redacted = redactor.stream();
  const modes = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = '\n';
  const emit = (text: string): void => {
    if (text === '') return;
    for (const [, mode = '', way = ''] of text.matchAll(/\u001b\[\?(\d+)([hl])/g)) modes.set(mode, way);
    last = text.replaceAll(/\u001b\[[?\d;]*[A-Za-z]/g, '').at(-1) ?? last;
    show(text);
  };
  return {
    write(text) {
      emit(redacted.push(text));
      clearTimeout(timer);
      timer = setTimeout(() => emit(redacted.pause()), promptMs);
    },
    close() {
      clearTimeout(timer);
      emit(redacted.flush());
      const left = [...modes].flatMap(([mode, way]) => (usual.has(mode) && usual.get(mode) !== way ? [`\u001b[?${mode}${usual.get(mode) ?? ''}`] : []));
      show(`${left.join('')}\u001b[0m${last === '\n' ? '' : '\r\n'}`);
    },
  };
}
