// A phone for the tests of the H5 build: Chromium with the client in a frame,
// as it stands in the demo page.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

// picture makes a small JPEG-like picture in the page, each of another colour.
const paint = (color) => {
  const canvas = document.createElement('canvas')
  canvas.width = 640
  canvas.height = 480
  const on = canvas.getContext('2d')
  on.fillStyle = color
  on.fillRect(0, 0, 640, 480)
  on.fillStyle = '#ffffff88'
  on.arc(320, 240, 150, 0, 7)
  on.fill()
  return canvas.toDataURL('image/jpeg')
}

export async function phone(address, dir = mkdtempSync(join(tmpdir(), 'xf-phone-'))) {
  const context = await chromium.launchPersistentContext(dir, {
    executablePath,
    viewport: { width: 390, height: 844 },
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
  const page = context.pages()[0] ?? (await context.newPage())
  context.setDefaultTimeout(10_000)
  const outside = []
  page.on('request', (r) => {
    if (!r.url().startsWith(address) && !/^(data|blob|about|chrome):/.test(r.url())) outside.push(r.url())
  })
  const errors = []
  page.on('pageerror', (e) => errors.push(String(e)))
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) errors.push(m.text())
  })
  await page.goto(address + '/stage')
  const frame = () => page.frame('phone')
  const self = {
    dir, page, context, outside, errors, frame,
    tell: (message) => page.evaluate((m) => window.tell(m), message),
    shoot: async (color) => self.tell({ xf: 'photo', url: await page.evaluate(paint, color) }),
    // go opens a page of the client as if it had just been started there.
    go: async (path) => {
      const before = await page.evaluate(() => window.readies ?? 0)
      await page.evaluate((url) => {
        const one = document.querySelector('iframe')
        one.replaceWith(Object.assign(document.createElement('iframe'), { name: 'phone', title: 'phone', src: url }))
      }, '/m/?' + Date.now() + '#/' + path)
      await page.waitForFunction((n) => (window.readies ?? 0) > n, before)
      await frame().waitForLoadState()
    },
    tap: (selector) => frame().locator(visible(selector)).last().click(),
    see: (text) => frame().getByText(text).locator('visible=true').last().waitFor(),
    close: async () => {
      await context.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  return self
}

const visible = (selector) => selector + ' >> visible=true'
