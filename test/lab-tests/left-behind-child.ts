import { Lab } from '#test/lab/lab.ts';

// Brings a lab up and stays, until a test kills it.
const name = process.argv[2] ?? '';
await Lab.up({ name, machines: [{ name: 'node-1', diskGiB: 1 }], vcenter: {} });
console.log('up');
setInterval(() => {}, 60_000);
