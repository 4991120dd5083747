#!/usr/bin/env node
import { start } from '../start.mjs';

await start(new URL('main.ts', import.meta.url));
