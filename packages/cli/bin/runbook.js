#!/usr/bin/env node
// The committed launcher: npm links bins before anything is built, so it must stand on its own.
// CommonJS (see package.json beside it), because Node starts that sooner than an ES module.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '../bundle/main.cjs');
if (existsSync(main)) {
  require(main);
} else {
  process.stderr.write('runbook is not built yet. Run `npm run prepare` in the repository that holds it, then try again.\n');
  process.exitCode = 70;
}
