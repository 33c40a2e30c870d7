// The logs of a stored run. Where one lies is said by the journal, which may have come from somebody else: nothing outside the
// folder of logs is read for it.
import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Report, ReportStep } from '@runbook/model';
import type { LogExcerpt } from '@runbook/render';
import { logName, type RunFolder } from '@runbook/runner';

/** What is shown of one log on a page at most, and of all logs together as long as each gets at least the least. Bytes. */
const room = { one: 65_536, all: 8_388_608, least: 2_048 } as const;

/** The path of a step's log, whether it is there or not. */
export function logFile(folder: RunFolder, step: Pick<ReportStep, 'id' | 'log'>): string {
  const isOurs = step.log !== undefined && /^logs\/[^/\\\0]+$/.test(step.log) && step.log !== 'logs/..' && step.log !== 'logs/.';
  return join(folder.path, isOurs && step.log !== undefined ? step.log : logName(step.id));
}

/** Whether there is a log to read: a link could lead anywhere, and a pipe would never end. */
export function isLog(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** Reads what a page shows of each log: all of a short one, the beginning and the end of a long one. Nothing of it stays in memory. */
export function logReader(folder: RunFolder, report: Report): (step: ReportStep) => LogExcerpt | undefined {
  const count = report.steps.filter((step) => step.attempts > 0 || step.log !== undefined).length;
  const share = Math.max(room.least, Math.min(room.one, Math.floor(room.all / Math.max(1, count))));
  return (step) => readExcerpt(logFile(folder, step), step.state === 'failed' ? room.one : share);
}

function readExcerpt(file: string, most: number): LogExcerpt | undefined {
  if (!isLog(file)) return undefined;
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size <= most) return { head: read(fd, 0, size).toString('utf8'), tail: '', omitted: 0, size };
    // the end tells more of what went wrong than the beginning
    const begin = wholeLines(read(fd, 0, Math.floor(most / 4)), 'start');
    const end = wholeLines(read(fd, size - Math.floor((most * 3) / 4), Math.floor((most * 3) / 4)), 'end');
    return { head: begin.toString('utf8'), tail: end.toString('utf8'), omitted: size - begin.length - end.length, size };
  } finally {
    closeSync(fd);
  }
}

function read(fd: number, from: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let done = 0;
  for (let got = -1; done < length && got !== 0; done += got) got = readSync(fd, buffer, done, length - done, from + done);
  return buffer.subarray(0, done);
}

/** Cut at a line feed where there is one, else between characters of UTF-8. */
function wholeLines(bytes: Buffer, kept: 'start' | 'end'): Buffer {
  if (kept === 'start') {
    const last = bytes.lastIndexOf(10);
    if (last !== -1) return bytes.subarray(0, last + 1);
    let end = bytes.length;
    for (let back = 0; back < 4 && end > 0 && isContinued(bytes[end - 1] ?? 0); back += 1) end -= 1;
    return bytes.subarray(0, end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? end - 1 : bytes.length);
  }
  const first = bytes.indexOf(10);
  if (first !== -1 && first < bytes.length - 1) return bytes.subarray(first + 1);
  let start = 0;
  while (start < 4 && isContinued(bytes[start] ?? 0)) start += 1;
  return bytes.subarray(start);
}

function isContinued(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
