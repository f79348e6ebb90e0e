// The web console in Chromium, on a real server: every page without a finding
// of axe, at every size, and the cards as they are printed. XIANGFENG names the
// program; without it the tree is built.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { executablePath } from './phone.mjs'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })

const dir = mkdtempSync(join(tmpdir(), 'xf-console-'))
let program, address, env, server, browser

const free = () =>
  new Promise((found) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => found(port))
    })
  })

const run = (...args) => execFileSync(program, [...args, '--config', '/dev/null'], { env, encoding: 'utf8' })

before(async () => {
  program = process.env.XIANGFENG ?? join(dir, 'xiangfeng')
  if (!process.env.XIANGFENG) {
    execFileSync('go', ['build', '-o', program, './cmd/xiangfeng'], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)), env: { ...process.env, CGO_ENABLED: '0' },
    })
  }
  const port = await free()
  address = `http://127.0.0.1:${port}`
  env = {
    ...process.env, XIANGFENG_LISTEN: `127.0.0.1:${port}`, XIANGFENG_METRICS_LISTEN: '', XIANGFENG_PUBLIC_URL: address,
    XIANGFENG_DATABASE: `sqlite:${dir}/x.db`, XIANGFENG_PHOTOS: `file:${dir}/photos`,
  }
  delete env.XIANGFENG
  run('seed')
  server = spawn(program, ['serve', '--config', '/dev/null'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise((ready, broken) => {
    server.on('exit', () => broken(new Error('the server does not start')))
    server.stderr.on('data', (said) => String(said).includes(address) && ready())
  })
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] })
})

after(async () => {
  await browser?.close()
  server?.kill()
  rmSync(dir, { recursive: true, force: true })
})

// findings are axe's, targets under 44 px, letters under 18 px, and a page that
// scrolls sideways.
const findings = async (page) => {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')}`)
    for (const one of document.querySelectorAll('button, a.button, .name a, input[type=search]')) {
      const { height, width } = one.getBoundingClientRect()
      if (width && (height < 43.5 || width < 43.5)) found.push(`target ${one.textContent.trim()} ${width}x${height}`)
    }
    for (const one of document.querySelectorAll('body *')) {
      const own = [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
      if (own && one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 18) found.push(`letters ${one.textContent.trim()}`)
    }
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) found.push(`sideways ${root.scrollWidth}`)
    return found
  })
}

// A laptop, the same at 200 %, and a phone.
const sizes = { laptop: { width: 1280, height: 800 }, zoomed: { width: 640, height: 400 }, phone: { width: 360, height: 740 } }

test('every page of the console, and the page behind a card', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (e) => errors.push(String(e)))
  page.on('console', (m) => m.type() === 'error' && !/404|409/.test(m.text()) && errors.push(m.text()))
  page.on('request', (r) => !r.url().startsWith(address) && !r.url().startsWith('data:') && errors.push(r.url()))
  const see = async (name) => {
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      assert.deepEqual(await findings(page), [], `${name} at the size of a ${size}`)
      if (shots) await page.screenshot({ path: `${shots}/${name}-${size}.png` })
    }
    await page.setViewportSize(sizes.laptop)
  }
  await page.goto(address + '/h/ANYTHING')
  await see('card')
  await page.goto(address + '/console/')
  await page.waitForSelector('.code img')
  await see('door')
  await page.goto(address + '/console/door/ANYTHING')
  await see('scanned')
  const link = run('admin-link').trim().split('\n').at(-1)
  await page.goto(link)
  await see('link')
  await page.click('main button')
  await page.waitForSelector('.villages')
  await see('villages')
  await page.goto(link)
  await page.click('main button')
  await see('used')

  await page.goto(address + '/console/')
  await page.click('.villages a')
  await page.waitForSelector('.card')
  await see('cards')
  // By the keyboard alone: open, leave, and it is where it was.
  const lose = page.locator('[data-open=revoke]').first()
  await lose.focus()
  await page.keyboard.press('Enter')
  await see('revoke')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '先不办')
  await page.keyboard.press('Escape')
  assert.ok(await lose.evaluate((b) => b === document.activeElement))
  const number = await lose.getAttribute('data-card')
  await lose.click()
  await page.click('dialog[open] button.danger')
  await page.waitForURL(/revoked=/)
  await see('revoked')
  await page.click(`[data-card=${number}][data-open=reissue]`)
  await page.click('dialog[open] button.primary')
  await page.waitForURL(/reissued=/)
  await see('reissued')
  assert.ok(!(await page.content()).includes(`data-card="${number}"`), 'the old card is still there')
  await page.fill('#q', '0012')
  await page.keyboard.press('Enter')
  await page.waitForURL(/q=0012/)
  assert.equal(await page.locator('.card').count(), 1)
  await see('found')
  assert.deepEqual(errors, [])
  await context.close()
})

test('the cards on paper', async () => {
  const file = join(dir, 'cards.html')
  run('cards', '--village', '红旗村', '--out', file)
  const page = await browser.newPage({ viewport: { width: 718, height: 1047 } }) // A4 without its margins, at 96 dots an inch
  await page.goto('file://' + file)
  assert.deepEqual(await findings(page), [])
  const pdf = await page.pdf({ preferCSSPageSize: true })
  assert.equal(Math.max(...[...pdf.toString('latin1').matchAll(/\/Count (\d+)/g)].map((m) => +m[1])), 9, 'pages for 67 cards')
  await page.emulateMedia({ media: 'print' })
  const cards = await page.evaluate(() =>
    [...document.querySelectorAll('.card')].map((card) => {
      const box = card.getBoundingClientRect()
      const over = [...card.querySelectorAll('img, p, figcaption')].filter((one) => {
        const inner = one.getBoundingClientRect()
        return inner.left < box.left + 4 || inner.right > box.right - 4 || inner.top < box.top + 4 || inner.bottom > box.bottom - 4
      })
      return { width: Math.round(box.width), height: Math.round(box.height), code: card.querySelector('img').clientWidth, over: over.length }
    }),
  )
  assert.equal(cards.length, 67)
  for (const card of cards) {
    assert.deepEqual([card.width, card.height, card.over], [360, 258, 0]) // 95 by 68 millimetres
    assert.ok(card.code > 130, 'a code of 35 millimetres') // with its white border
  }
  if (shots) await page.screenshot({ path: `${shots}/paper.png` })
  await page.close()
})
