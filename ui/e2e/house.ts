import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';

/** An address that is given to the box when it has none of its own; no test's network has it. */
const LENT = '10.99.0.1';

/** An address of this box that is not loopback: what is reached there is no longer the box itself. */
export function addressInTheHouse(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const known = all.find(({ family, address }) => family === 'IPv4' && isOfTheHouse(address));
  if (known) return known.address;
  execFileSync('ip', ['address', 'add', `${LENT}/32`, 'dev', 'lo']);
  return LENT;
}

const isOfTheHouse = (address: string) =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
