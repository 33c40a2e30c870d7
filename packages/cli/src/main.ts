// The command `runbook`. Nothing heavy is loaded before it is known what is wanted.
import { exitCodes, UsageError } from './exit.ts';

void main();

async function main(): Promise<void> {
  process.exitCode = await start(process.argv.slice(2));
}

async function start(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', onClosedPipe);
  process.stderr.on('error', onClosedPipe);
  try {
    const { runProgram } = await import('./program.ts');
    return await runProgram(argv);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    // what went wrong may quote what others wrote
    const { safeText } = await import('@runbook/access');
    process.stderr.write(`${safeText(`This is a bug in runbook: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)}\n`);
    return exitCodes.bug;
  }
}

/** A reader that closed its end (`runbook list … | head`) is not our failure. */
function onClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
}
