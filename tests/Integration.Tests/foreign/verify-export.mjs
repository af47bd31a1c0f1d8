// node verify-export.mjs FOLDER: verifies an export of sealed days with nothing of Pollux, by deploy/seals.md.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

const folder = process.argv[2];
const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const byte = value => Buffer.from([value]);
const number = value => { const b = Buffer.alloc(8); b.writeBigInt64BE(BigInt(value)); return b; };
const length = value => { const b = Buffer.alloc(4); b.writeInt32BE(value); return b; };
const bytes = value => value == null ? length(-1) : Buffer.concat([length(value.length), value]);
const text = value => bytes(value == null ? null : Buffer.from(value, 'utf8'));
const hex = value => Buffer.from(value, 'hex');
const micros = time => { // ISO 8601 with up to 7 digits after the point
  const [, seconds, fraction, zone] = /^(.{19})(?:\.(\d+))?(.*)$/.exec(time);
  return BigInt(Date.parse(seconds + zone)) * 1000n + BigInt((fraction ?? '').padEnd(6, '0').slice(0, 6));
};

const eventHash = e => sha(byte(0), byte(1), number(e.position), number(e.version), number(e.recorded_at), hex(e.id.replaceAll('-', '')),
  text(e.stream), text(e.type), text(e.tenant), text(e.headers), text(e.data), bytes(e.bytes));
const closedHash = c => sha(byte(0), byte(2), text(c.day), text(c.stream), ...[c.upTo, c.firstVersion, c.lastVersion, c.firstPosition,
  c.lastPosition, c.count].map(number), hex(c.previous), hex(c.head), hex(c.root), sha(Buffer.from(c.fingerprints, 'base64')));
const sealBytes = s => Buffer.concat([byte(3), text(s.day), ...[s.after, s.upTo, s.events, s.streams].map(number), hex(s.root),
  hex(s.previous), number(micros(s.sealedAt)), text(s.keyId)]);

function root(leaves) { // RFC 6962, section 2.1
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0];
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return sha(byte(1), root(leaves.slice(0, left)), root(leaves.slice(left)));
}

function fail(what) {
  console.log(what);
  process.exit(1);
}

const keys = Object.fromEntries(readdirSync(`${folder}/keys`).map(file => createPublicKey(readFileSync(`${folder}/keys/${file}`)))
  .map(key => [sha(key.export({ type: 'spki', format: 'der' })).toString('hex').slice(0, 16), key]));
let before = null;
for (const file of readdirSync(folder).filter(f => f.endsWith('.seals.ndjson')).sort()) {
  const [seal, ...closed] = readFileSync(`${folder}/${file}`, 'utf8').trim().split('\n').map(line => JSON.parse(line));
  const hash = sha(sealBytes(seal)).toString('hex');
  if (!keys[seal.keyId] || !verify('sha256', sealBytes(seal), keys[seal.keyId], Buffer.from(seal.signature, 'base64')))
    fail(`${seal.day}: the signature is not that of a known key`);
  if (before !== null && seal.previous !== before) fail(`${seal.day}: does not continue the day before`);
  before = hash;
  if (!root(closed.map(c => [c, Buffer.from(c.stream)]).sort(([a, x], [b, y]) => Buffer.compare(x, y) || a.firstVersion - b.firstVersion)
    .map(([c]) => closedHash(c))).equals(hex(seal.root))) fail(`${seal.day}: the seals of its streams do not lead to the signed root`);

  const streams = new Map();
  let events = 0;
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(`${folder}/${seal.day}.parquet`), utf8: false });
  for (const e of rows) {
    events++;
    if (!streams.has(e.stream)) streams.set(e.stream, []);
    streams.get(e.stream).push([e, eventHash(e)]);
  }
  for (const c of closed) {
    const mine = (streams.get(c.stream) ?? []).splice(0, Number(c.count));
    const marks = Buffer.from(c.fingerprints, 'base64');
    mine.forEach(([e, hash], i) => {
      if (!hash.subarray(0, 8).equals(marks.subarray(12 * i, 12 * i + 8))) fail(`${seal.day}: ${c.stream} version ${e.version} was changed`);
    });
    const head = mine.reduce((head, [, hash]) => sha(byte(2), head, hash), hex(c.previous));
    if (mine.length !== c.count || !head.equals(hex(c.head)) || !root(mine.map(([, hash]) => hash)).equals(hex(c.root)))
      fail(`${seal.day}: the events of ${c.stream} are not those that were sealed`);
  }
  if (events !== seal.events) fail(`${seal.day}: ${events} events instead of ${seal.events}`);
  console.log(`${seal.day} intact, ${events} events, seal ${hash}`);
}
