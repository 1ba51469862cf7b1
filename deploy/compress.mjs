// Put a .br and a .gz beside each file of a folder that gets smaller by it: node compress.mjs FOLDER
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSIBLE = new Set([".css", ".js", ".json", ".svg", ".wasm", ".ico", ".txt"]);

for (const name of readdirSync(process.argv[2], { recursive: true })) {
  const path = join(process.argv[2], name);
  if (!statSync(path).isFile() || !COMPRESSIBLE.has(extname(path))) continue;
  const content = readFileSync(path);
  const parameters = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const siblings = { ".br": brotliCompressSync(content, { params: parameters }), ".gz": gzipSync(content, { level: 9 }) };
  for (const [suffix, compressed] of Object.entries(siblings)) {
    if (compressed.length < content.length) writeFileSync(path + suffix, compressed);
  }
}
