// Writes NAME.br and NAME.gz beside each file below the folder given that becomes smaller by it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv.at(-1);
for (const name of readdirSync(folder, { recursive: true })) {
  if (!/\.(html|js|css|wasm|svg|json|txt|xml|webmanifest|ico)$/.test(name)) continue;
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  for (const [suffix, packed] of [['br', brotliCompressSync(bytes, { params })], ['gz', gzipSync(bytes, { level: 9 })]]) {
    if (packed.length < bytes.length) writeFileSync(`${path}.${suffix}`, packed);
  }
}
