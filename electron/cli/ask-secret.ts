import { HoldfastError } from '../../shared/model/errors.ts';

/** The part of a terminal's input that asking needs. */
export interface KeyboardInput {
  setRawMode(raw: boolean): unknown;
  setEncoding(encoding: 'utf8'): unknown;
  resume(): unknown;
  pause(): unknown;
  unshift(chunk: string): void;
  on(event: 'data', listener: (chunk: string) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: string) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
}

const ENTER = /[\r\n]/;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACE = new Set(['\b', '\u007f']);

/** One line typed on a terminal that does not show it. CANCELLED on Ctrl-C, Ctrl-D or when the terminal goes away. */
export function askSecret(
  question: string,
  input: KeyboardInput,
  screen: { write(text: string): unknown },
): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: string[] = [];

    const stop = (rest: string): void => {
      input.off('data', onData);
      input.off('end', onEnd);
      input.pause();
      input.setRawMode(false);
      // What was pasted after the line end answers the next question.
      if (rest !== '') input.unshift(rest);
      screen.write('\n');
    };
    const cancel = (): void => {
      stop('');
      reject(new HoldfastError('CANCELLED', 'The question for the password was not answered.'));
    };
    const onEnd = cancel;
    const onData = (chunk: string): void => {
      // An arrow or function key, not text.
      if (chunk.startsWith('\u001b')) return;
      const characters = Array.from(chunk);
      for (const [index, character] of characters.entries()) {
        if (character === CTRL_C || character === CTRL_D) return cancel();
        if (ENTER.test(character)) {
          stop(characters.slice(index + 1).join(''));
          return resolve(typed.join(''));
        }
        if (BACKSPACE.has(character)) typed.pop();
        else if (character === CTRL_U) typed = [];
        else if (character >= ' ') typed.push(character);
      }
    };

    screen.write(question);
    input.setEncoding('utf8');
    input.setRawMode(true);
    input.on('data', onData);
    input.on('end', onEnd);
    input.resume();
  });
}
