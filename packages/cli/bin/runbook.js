#!/usr/bin/env node
// The committed launcher: npm links bins before anything is built, so it must stand on its own.
import { existsSync } from 'node:fs';

const main = new URL('../bundle/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('runbook is not built yet. Run `npm run prepare` in the repository that holds it, then try again.\n');
  process.exitCode = 70;
}
