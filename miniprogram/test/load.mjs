// Bundles a TypeScript file of the client for Node, without a build folder.
import { buildSync } from 'esbuild'
import { fileURLToPath } from 'node:url'

export function load(path) {
  const entry = fileURLToPath(new URL('../src/' + path, import.meta.url))
  const { outputFiles } = buildSync({ entryPoints: [entry], bundle: true, format: 'esm', write: false })
  return import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].text).toString('base64'))
}
