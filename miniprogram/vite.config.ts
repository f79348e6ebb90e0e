import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { defineConfig } from 'vite'
import uni from '@dcloudio/vite-plugin-uni'

// uni names the parts of a component after its absolute path. Here they are named
// after the path within the source, so that a build is the same wherever it is made.
const compiler = createRequire(import.meta.url)('@dcloudio/uni-mp-compiler')
const { compile } = compiler
compiler.compile = (template: string, options: { filename?: string; scopeId?: string }) => {
  const path = relative(process.cwd(), options.filename ?? '').replaceAll('\\', '/')
  const hashId = createHash('sha256').update(path).digest('hex').slice(0, 8)
  return compile(template, options.scopeId ? options : { ...options, hashId })
}

export default defineConfig({
  plugins: [uni()],
  build: { emptyOutDir: true, sourcemap: false },
})
