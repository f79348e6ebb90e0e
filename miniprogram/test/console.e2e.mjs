// The web console in Chromium, on a real server: every page without a finding
// of axe, at every size, the cards and the sheets as they are printed, and the
// desk by the keyboard. XIANGFENG names the program; without it the tree is built.
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
let stage, site // the demo, whose clock can be moved

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
  stage = spawn(program, ['demo', '--addr', '127.0.0.1:0', '--data-dir', join(dir, 'demo')], { stdio: ['ignore', 'pipe', 'ignore'] })
  site = await new Promise((ready, broken) => {
    let said = ''
    stage.on('exit', () => broken(new Error('the demo does not start: ' + said)))
    stage.stdout.on('data', (part) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec((said += part))
      if (found) ready(found[0])
    })
  })
  await ask('/demo/clock', { to: 'quarter' }) // the fourth quarter has ended: its sheet is to come
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] })
})

after(async () => {
  await browser?.close()
  server?.kill()
  stage?.kill()
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
    for (const one of document.querySelectorAll('button, a.button, summary, label.pick, .name a, textarea, select, input[type=search], input[type=text]')) {
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

// laptop is a new browser: its page, what went wrong there, and a look at it at
// every size.
async function laptop(home) {
  const context = await browser.newContext({ viewport: sizes.laptop })
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (e) => errors.push(String(e)))
  page.on('console', (m) => m.type() === 'error' && !/404|409/.test(m.text()) && errors.push(m.text()))
  page.on('request', (r) => !r.url().startsWith(home) && !r.url().startsWith('data:') && errors.push(r.url()))
  const see = async (name) => {
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      assert.deepEqual(await findings(page), [], `${name} at the size of a ${size}`)
      if (shots) await page.screenshot({ path: `${shots}/${name}-${size}.png` })
    }
    await page.setViewportSize(sizes.laptop)
  }
  return { context, page, errors, see }
}

test('every page of the console, and the page behind a card', async () => {
  const { context, page, errors, see } = await laptop(address)
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

// ask asks the demo what a phone or the demo page does; with a body it writes.
async function ask(path, body, token) {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }
  if (token) headers.Authorization = 'Bearer ' + token
  const answer = await fetch(site + path, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body) })
  const text = await answer.text()
  assert.ok(answer.ok, `${path} ${answer.status} ${text}`)
  return text && JSON.parse(text)
}

// signIn is the phone of one of the demo's people.
const signIn = async (openid) => (await ask('/api/v1/login', await ask('/demo/login', { openid }))).token

// enter is a laptop of the demo, let in by the phone of one of its people.
async function enter(openid) {
  const one = await laptop(site)
  await one.page.goto(site + '/console/')
  await one.page.waitForSelector('.code img')
  const { code } = await ask('/demo/screen')
  await ask(`/api/v1/console/${code.split('/').at(-1)}/confirm`, {}, await signIn(openid))
  await one.page.waitForURL((url) => !url.pathname.includes('/door'))
  return one
}

// holders are who can hold a phone of the demo, by what is told of them.
async function holders() {
  const page = await browser.newPage()
  await page.goto(site + '/demo/')
  const all = await page.$$eval('#holder option', (found) => found.map((o) => ({ openid: o.value, note: o.dataset.note, group: o.parentElement.label })))
  await page.close()
  return (group, note) => all.find((one) => one.group.startsWith(group) && one.note.startsWith(note)).openid
}

// onPaper prints a wall sheet: every section is a page, on which all of it
// stands, with nothing around it.
async function onPaper(page, name) {
  await page.emulateMedia({ media: 'print' })
  const sheets = await page.$$eval('.paper', (all) =>
    all.map((paper) => {
      const sheet = paper.getBoundingClientRect()
      const foot = paper.querySelector('.foot').getBoundingClientRect()
      const body = [...paper.querySelectorAll('.first, .next, .columns, .part')].map((one) => one.getBoundingClientRect())
      const cells = [...paper.querySelectorAll('td, th')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent.trim())
      return { over: body.concat(foot).some((box) => box.right > sheet.right + 1 || box.bottom > (box === foot ? sheet.bottom : foot.top) + 1), cells }
    }),
  )
  if (shots) await page.screenshot({ path: `${shots}/${name}-paper.png` })
  assert.ok(sheets.length > 0, name)
  for (const sheet of sheets) assert.deepEqual(sheet, { over: false, cells: [] }, name)
  assert.equal(await page.locator('.tools:visible, nav:visible, button:visible').count(), 0, name + ' prints the sheet alone')
  const pdf = await page.pdf({ preferCSSPageSize: true })
  assert.equal(Math.max(...[...pdf.toString('latin1').matchAll(/\/Count (\d+)/g)].map((m) => +m[1])), sheets.length, name)
  await page.emulateMedia({ media: 'screen' })
}

test('the desk: every page of a quarter, for who leads a village and for the office', async () => {
  const who = await holders()
  const villager = await signIn(who('红旗村', '得分高'))
  const [{ id }] = (await ask('/api/v1/me', undefined, villager)).households
  const { lines } = await ask(`/api/v1/households/${id}/lines?year=2026`, undefined, villager)
  const line = lines.find((one) => one.state === 'confirmed').number
  await ask('/api/v1/disputes', { household: id, year: 2026, line, words: '那天我们家去了两个人，只记了一个。', photos: [] }, villager)
  for (const [name, openid] of [['leader', who('积分', '组长')], ['officer', who('积分', '镇办公室')]]) {
    const { context, page, errors, see } = await enter(openid)
    if (name === 'officer') {
      const summary = await page.getAttribute('main h2 + p a', 'href')
      await see('office')
      await page.click('.villages a')
      await page.waitForSelector('.quarter')
      const village = page.url()
      await page.goto(site + summary)
      await see('summary')
      await page.goto(village)
    }
    const village = page.url().replace(/\/quarters$/, '')
    const quarter = village + '/quarters/2026Q4'
    const pages = {
      quarters: village + '/quarters', quarter, assess: quarter + '/assess', confirmed: quarter + '/assess?state=confirmed',
      'wall-draft': quarter + '/wall?paper=a3', 'wall-a3': village + '/quarters/2026Q3/wall?paper=a3', 'wall-a4': village + '/quarters/2026Q3/wall?paper=a4',
      disputes: village + '/disputes?state=all', untold: village + '/untold',
    }
    for (const [what, path] of Object.entries(pages)) {
      const answer = await page.goto(path)
      assert.equal(answer.status(), 200, path)
      await see(`${name}-${what}`)
      if (what.startsWith('wall')) await onPaper(page, `${name}-${what}`)
    }
    await page.goto(pages.disputes)
    await page.click('.case a.button')
    await page.waitForSelector('.steps')
    await see(name + '-dispute')
    assert.deepEqual(errors, [])
    await context.close()
  }
})

test('the desk by the keyboard alone', async () => {
  const who = await holders()
  const { context, page, errors, see } = await enter(who('积分', '组长'))
  await page.goto(page.url().replace(/\/quarters$/, '') + '/quarters/2026Q4/assess')
  const waiting = async () => +/\d+$/.exec(await page.locator('#desk .tabs .here').innerText())[0]
  const at = () => page.evaluate(() => document.activeElement.id)
  const before = await waiting()
  const ids = await page.$$eval('[data-event]', (all) => all.map((one) => [one.id, !!one.querySelector('[data-key="1"]')]))
  const n = ids.findIndex(([, may]) => may)
  assert.ok(n >= 0, 'nothing to decide')
  for (let i = 0; i <= n; i++) await page.keyboard.press('j')
  assert.equal(await at(), ids[n][0])
  await page.keyboard.press('k')
  assert.equal(await at(), ids[Math.max(0, n - 1)][0])
  while ((await at()) !== ids[n][0]) await page.keyboard.press('j')
  await page.keyboard.press('1')
  await page.waitForURL(/done=confirmed/)
  await page.waitForSelector('.done')
  assert.equal(await waiting(), before - 1)
  assert.ok(!(await page.$(`[id="${ids[n][0]}"]`)), 'what was decided still waits')
  assert.equal(await at(), ids[n + 1][0], 'where the last one was')
  await see('confirmed-by-key')
  // A reason is asked for, and 2 in its words is a digit.
  await page.focus(`[id="${await at()}"]`)
  while (!(await page.locator(':focus [data-key="2"]').count())) await page.keyboard.press('j')
  const returned = await at()
  await page.keyboard.press('2')
  assert.equal(await page.evaluate(() => document.activeElement.name), 'reason')
  await page.keyboard.type('照片看不清，请补 2 张')
  await see('reason')
  await page.keyboard.press('Enter')
  await page.waitForURL(/done=returned/)
  assert.ok(!(await page.$(`[id="${returned}"]`)))
  assert.equal(await waiting(), before - 2)
  assert.deepEqual(errors, [])
  await context.close()
})

test('where everybody got the same, an alarm asks how it came', async () => {
  const who = await holders()
  for (const [name, openid] of [['leader', who('柳林', '组长')], ['officer', who('积分', '镇办公室')]]) {
    const { context, page, errors, see } = await enter(openid)
    if (name === 'officer') {
      await page.click('.villages a:has-text("柳林社区")')
      await page.waitForSelector('.quarter')
    }
    const quarter = page.url().replace(/\/quarters$/, '') + '/quarters/2026Q4'
    await page.goto(quarter)
    await see(name + '-blocked')
    await page.goto(quarter + '/assess')
    const card = page.locator('details:has-text("拦着公示")').first()
    await card.locator('summary').focus()
    await page.keyboard.press('Enter')
    await card.locator('p').first().waitFor()
    await see(name + '-alarm')
    assert.match(await card.innerText(), /看不出差别/)
    assert.deepEqual(errors, [])
    await context.close()
  }
})
